import type { ReadHandle } from './read.ts';

const MOST_AT_ONCE = 1 << 23;

/**
 * The bytes at these places, each in memory of its own, in the order asked for.
 * Places that follow one another are read at once; scattered ones beside one another.
 */
export async function readSpans(
  file: ReadHandle,
  offsets: readonly number[],
  lengths: readonly number[],
): Promise<Uint8Array[]> {
  const runs: { first: number; last: number; end: number }[] = [];
  offsets.forEach((offset, i) => {
    const end = offset + lengths[i]!;
    const run = runs.at(-1);
    // A gap smaller than a disk block costs less than a read of its own.
    const near = run && offset >= run.end && offset - run.end <= 4096 && end - offsets[run.first]! <= MOST_AT_ONCE;
    if (near) Object.assign(run, { last: i, end });
    else runs.push({ first: i, last: i, end });
  });
  const read = await Promise.all(
    runs.map(async ({ first, last, end }) => {
      const start = offsets[first]!;
      const bytes = await file.readAt(start, end - start);
      if (first === last) return [bytes];
      return offsets.slice(first, last + 1).map((offset, i) => {
        const from = offset - start;
        return bytes.slice(from, from + lengths[first + i]!);
      });
    }),
  );
  return read.flat();
}
