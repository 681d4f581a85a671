/** What lies in memory is read in less time than another thread could be told of it; this and more comes from a disk. */
const SLOW_MS = 0.1;
const SLOW_MS_PER_BYTE = 1e-6;
/** Slow ones in a row that are the disk: a single one may be a read that another thread's turn on the processor came into. */
const SLOW_IN_A_ROW = 2;
/** Reads that are left to other threads after these, until the disk is tried again. */
const PAUSE = 256;

/**
 * Reads at several places: on the spot as long as that is quick, which it is for what the system has in memory already (2 us
 * where a promise takes 10, and 40 beside busy threads); for the while after two slow ones, by other threads.
 *
 * @param now fills a target from an offset and gives the bytes read
 * @param later the same, beside other work
 * @return gives the bytes read for each target
 */
export function eachRead(
  now: (target: Uint8Array, offset: number) => number,
  later: (target: Uint8Array, offset: number) => Promise<number>,
): (offsets: readonly number[], into: readonly Uint8Array[]) => Promise<number[]> {
  let paused = 0;
  let slow = 0;
  return async (offsets, into) => {
    const counts: number[] = [];
    for (let i = 0; i < into.length && paused === 0; i++) {
      const began = performance.now();
      counts.push(now(into[i]!, offsets[i]!));
      slow = performance.now() - began > SLOW_MS + SLOW_MS_PER_BYTE * into[i]!.length ? slow + 1 : 0;
      if (slow < SLOW_IN_A_ROW) continue;
      paused = PAUSE;
      slow = 0;
    }
    const first = counts.length;
    const rest = into.slice(first);
    paused = Math.max(0, paused - rest.length);
    return [...counts, ...(await Promise.all(rest.map((target, i) => later(target, offsets[first + i]!))))];
  };
}
