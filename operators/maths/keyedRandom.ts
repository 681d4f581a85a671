import { philox } from './philox.ts';

const TWO_32 = 0x1_0000_0000;

/** FNV-1a over UTF-16 code units, with murmur3's last mixing: a name as a uint32. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Random numbers looked up by what they are for, never drawn from a hidden generator.
 *
 * In plain words: who asks for the flip of position 12 in epoch 3 gets the same answer on every thread, at any time,
 * in any order; who asks for anything else gets an unrelated one.
 *
 * ```ts
 * const random = keyedRandom(7, 'flip', 3, 12); // seed, stage or layer, epoch or step, position
 * const flipped = random() < 0.5;
 * ```
 *
 * Philox 4x32-10 under the key (seed, name) at the counter (a, b, draw).
 *
 * @param seed An integer in [0, 2^53).
 * @param name Stage or layer, with what is drawn where it draws several things: 'prepare.flip'.
 * @param a Epoch or step, an integer in [0, 2^32).
 * @param b Position, an integer in [0, 2^32).
 * @return A function that gives the next of 2^34 floats in [0, 1), each a multiple of 2^-32.
 */
export function keyedRandom(seed: number, name: string, a: number, b: number): () => number {
  const key0 = seed >>> 0;
  const key1 = hashName(name);
  const seedHigh = Math.floor(seed / TWO_32) >>> 0;
  const block = new Uint32Array(4);
  let blocks = 0;
  let next = 4;
  return () => {
    if (next === 4) {
      philox(block, a, b, blocks++, seedHigh, key0, key1);
      next = 0;
    }
    return block[next++]! / TWO_32;
  };
}

/**
 * The key as one uint32: the first 32 bits that {@link keyedRandom} would turn into its first float.
 *
 * In plain words: a reproducible number in [0, 2^32) for a name and two counters, to order or to bucket things by.
 */
export function hashKey(seed: number, name: string, a: number, b: number): number {
  const block = new Uint32Array(4);
  philox(block, a, b, 0, Math.floor(seed / TWO_32) >>> 0, seed >>> 0, hashName(name));
  return block[0]!;
}
