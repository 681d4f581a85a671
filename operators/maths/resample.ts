import { keyedRandom } from './keyedRandom.ts';

/**
 * One resample of a bootstrap: how often each of n things is drawn in n draws with replacement (Efron 1979).
 *
 * In plain words: the data as they might have been, had other people come: some twice, some not at all.
 *
 * ```ts
 * resample(3, 0, { seed: 7 }); // Uint32Array [1, 0, 2], always the same for this seed and number
 * ```
 *
 * @param n things
 * @param number of the resample; each has its own draws
 * @return [n] counts, whose sum is n
 */
export function resample(n: number, number: number, { seed }: { seed: number }): Uint32Array {
  const random = keyedRandom(seed, 'resample', number, 0);
  const counts = new Uint32Array(n);
  for (let i = 0; i < n; i++) counts[Math.floor(random() * n)]!++;
  return counts;
}
