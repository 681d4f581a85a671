import type { ReadHandle } from './read.ts';

const MOST_AT_ONCE = 1 << 23;
/** A gap smaller than a disk block costs less than a read of its own. */
const GAP = 4096;

/**
 * The bytes at these places, in the order asked for, fewer where the file ends before. All lie in one buffer, which lasts as
 * long as any of them. Places that follow one another are read at once.
 */
export async function readSpans(
  file: ReadHandle,
  offsets: readonly number[],
  lengths: readonly number[],
): Promise<Uint8Array[]> {
  const runs: { start: number; end: number }[] = [];
  const runOf = offsets.map((offset, i) => {
    const end = offset + lengths[i]!;
    const run = runs.at(-1);
    const near = run && offset >= run.end && offset - run.end <= GAP && end - run.start <= MOST_AT_ONCE;
    if (near) run.end = end;
    else runs.push({ start: offset, end });
    return runs.length - 1;
  });
  const memory = new Uint8Array(runs.reduce((sum, { start, end }) => sum + end - start, 0));
  let at = 0;
  const targets = runs.map(({ start, end }) => memory.subarray(at, (at += end - start)));
  const counts = await file.readEach(runs.map(({ start }) => start), targets); // prettier-ignore
  return offsets.map((offset, i) => {
    const run = runOf[i]!;
    const from = offset - runs[run]!.start;
    return targets[run]!.subarray(0, counts[run]).subarray(from, from + lengths[i]!);
  });
}
