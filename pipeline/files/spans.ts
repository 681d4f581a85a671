import { allocate, free } from '../bytes/memory.ts';
import type { ReadHandle } from './read.ts';

const MOST_AT_ONCE = 1 << 23;
/** A gap smaller than a disk block costs less than a read of its own. */
const GAP = 4096;
/** Memory is of powers of two from here on, so that reads of about one size find that of those before. */
const LEAST_MEMORY = 1 << 16;

/**
 * What `take` makes of the bytes at each of these places, in the order asked for; fewer bytes where the file ends before. They lie
 * in memory that the next reads use again, so what it keeps it copies: a view of it is empty afterwards. Places that follow one
 * another are read at once.
 */
export async function readSpans<T>(
  file: ReadHandle,
  { offsets, lengths }: { offsets: readonly number[]; lengths: readonly number[] },
  take: (bytes: Uint8Array, i: number) => T,
): Promise<T[]> {
  const runs: { start: number; end: number }[] = [];
  const runOf = offsets.map((offset, i) => {
    const end = offset + lengths[i]!;
    const run = runs.at(-1);
    const near = run && offset >= run.end && offset - run.end <= GAP && end - run.start <= MOST_AT_ONCE;
    if (near) run.end = end;
    else runs.push({ start: offset, end });
    return runs.length - 1;
  });
  const bytes = runs.reduce((sum, { start, end }) => sum + end - start, 0);
  const memory = new Uint8Array(allocate(2 ** Math.ceil(Math.log2(Math.max(LEAST_MEMORY, bytes)))));
  let at = 0;
  const targets = runs.map(({ start, end }) => memory.subarray(at, (at += end - start)));
  const counts = await file.readEach(runs.map(({ start }) => start), targets); // prettier-ignore
  const taken = offsets.map((offset, i) => {
    const run = runOf[i]!;
    const from = offset - runs[run]!.start;
    return take(targets[run]!.subarray(0, counts[run]).subarray(from, from + lengths[i]!), i);
  });
  // Not where one read has failed: others may still be writing.
  free(memory.buffer);
  return taken;
}
