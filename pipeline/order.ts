import { keyed, stir } from './keyed.ts';

const ROUNDS = 6;

/**
 * A keyed permutation of 0 .. length - 1 with random access and no table: `order(i)` is the index at position i.
 *
 * A generalised Feistel network over a x b >= length, a = ceil(sqrt(length)), walked again while it lands outside
 * (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002, section 5). a x b exceeds length by less than a, so a walk is rare.
 *
 * @param length 1 or more, up to 2^53
 * @param key what the order depends on, e.g. seed and epoch
 */
export function permutation(length: number, ...key: readonly (number | string)[]): (position: number) => number {
  const a = Math.ceil(Math.sqrt(length));
  const b = Math.ceil(length / a);
  const keys = Uint32Array.from({ length: ROUNDS }, (_, round) => keyed(...key, 'order', length, round));
  return (position) => {
    let x = position;
    do {
      let left = x % a;
      let right = Math.floor(x / a);
      for (let round = 0; round < ROUNDS; round += 2) {
        left = (left + stir(right ^ keys[round]!)) % a;
        right = (right + stir(left ^ keys[round + 1]!)) % b;
      }
      x = left + a * right;
    } while (x >= length);
    return x;
  };
}
