import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ReadHandle } from '../../../pipeline/files/read.ts';
import { readSpans } from '../../../pipeline/files/spans.ts';

const CONTENT = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
function counted(): ReadHandle & { reads: number } {
  const file = {
    path: 'f',
    bytes: CONTENT.length,
    reads: 0,
    readAt: () => Promise.reject(new Error('is not asked for')),
    readEach: async (offsets: readonly number[], into: readonly Uint8Array[]) => {
      file.reads += into.length;
      return into.map((target, i) => {
        const found = CONTENT.subarray(offsets[i], offsets[i]! + target.length);
        target.set(found);
        return found.length;
      });
    },
    close: async () => {},
  };
  return file;
}

it('reads what follows one another at once, scattered places apart', async () => {
  const file = counted();
  await readSpans(file, { offsets: [0, 512, 1024, 2000], lengths: [100, 500, 800, 10] }, () => 0);
  expect(file.reads).toBe(1);
  await readSpans(file, { offsets: [100_000, 0, 50_000], lengths: [5, 5, 5] }, () => 0);
  expect(file.reads).toBe(4);
});

it('gives the bytes of each place, in the order asked for, wherever they lie', async () => {
  const span = fc.record({ offset: fc.nat(199_999), length: fc.nat(6000) });
  await fc.assert(
    fc.asyncProperty(fc.array(span, { maxLength: 8 }), async (spans) => {
      const asked = { offsets: spans.map(({ offset }) => offset), lengths: spans.map(({ length }) => length) };
      const views: Uint8Array[] = [];
      const found = await readSpans(counted(), asked, (bytes, i) => {
        views.push(bytes);
        return { i, copy: bytes.slice() };
      });
      expect(found.map(({ i }) => i)).toEqual([...spans.keys()]);
      spans.forEach(({ offset, length }, i) => {
        expect(Buffer.compare(found[i]!.copy, CONTENT.subarray(offset, offset + length))).toBe(0);
        expect(views[i]!.length).toBe(0);
      });
    }),
    { numRuns: 40 },
  );
});
