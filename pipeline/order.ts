import { further, keyed, stir } from './keyed.ts';

/** Rounds of the network. With few values to shift by, a round mixes little: below 32 six of them favour some pairs, measurably. */
const ROUNDS = { few: 24, many: 6 };
const FEW = 32;

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
  const rounds = length < FEW ? ROUNDS.few : ROUNDS.many;
  const begun = keyed(...key, 'order', length);
  const keys = new Uint32Array(rounds);
  for (let round = 0; round < rounds; round++) keys[round] = further(begun, round);
  return (position) => {
    let x = position;
    do {
      let left = x % a;
      let right = Math.floor(x / a);
      for (let round = 0; round < rounds; round += 2) {
        // Remainders of 32-bit numbers are quick, those of their sums are not.
        left += stir(right ^ keys[round]!) % a;
        if (left >= a) left -= a;
        right += stir(left ^ keys[round + 1]!) % b;
        if (right >= b) right -= b;
      }
      x = left + a * right;
    } while (x >= length);
    return x;
  };
}

/**
 * A keyed permutation for disks that hate random reads, with random access and no table.
 *
 * In plain words: the records are cut into blocks of neighbours, the blocks are shuffled whole, and then each `window`
 * of blocks that now stand side by side has its records shuffled among themselves.
 *
 * The spread, with b = `block` and w = `window`: a record stands less than w x b positions from where its block begins
 * in the shuffled row of blocks, and the w x b positions of a window read w blocks and no others, so that whoever keeps
 * w blocks reads each of them once. A batch of k positions inside a window of whole blocks draws from
 *
 *     w (1 - C(wb - b, k) / C(wb, k))     about w (1 - (1 - 1/w)^k)
 *
 * blocks on average, and from at most min(k, w); one that lies over the seam of two windows from at most min(k, 2w).
 * w = 1 mixes nothing but the records of one block; w x b >= length is a full shuffle.
 *
 * @param length 1 or more, up to 2^53; the last block may be short, and stands anywhere in the row
 * @param key what the order depends on, e.g. seed and epoch
 */
export function blockPermutation(
  length: number,
  { block, window }: { block: number; window: number },
  ...key: readonly (number | string)[]
): (position: number) => number {
  const blocks = Math.ceil(length / block);
  const gap = blocks * block - length;
  // The short block takes a place of its own, so that positions behind it are counted without looking for it.
  const short = keyed(...key, 'short', length, block) % blocks;
  const whole = permutation(Math.max(1, blocks - 1), ...key, 'blocks');
  const start = (place: number): number => place * block - (place > short ? gap : 0);
  const placeOf = (position: number): number =>
    Math.floor((position < start(short + 1) ? position : position + gap) / block);
  const mixed = keepLast((at) => {
    const from = start(at * window);
    const order = permutation(start(Math.min(blocks, (at + 1) * window)) - from, ...key, 'window', at);
    return (position: number): number => from + order(position - from);
  });
  return (position) => {
    const from = mixed(Math.floor(placeOf(position) / window))(position);
    const place = placeOf(from);
    const found = place === short ? blocks - 1 : whole(place > short ? place - 1 : place);
    return found * block + from - start(place);
  };
}

/** What `make` makes of two numbers, kept until other ones are asked for: neighbours share an epoch, a window, a person. */
export function keepLast<T>(make: (a: number, b: number) => T): (a: number, b?: number) => T {
  let last: { a: number; b: number; made: T } | undefined;
  return (a, b = 0) => {
    if (last === undefined || last.a !== a || last.b !== b) last = { a, b, made: make(a, b) };
    return last.made;
  };
}
