import { expect, it } from 'vitest';
import type { ReadHandle } from '../../../pipeline/files/read.ts';
import { windowOver } from '../../../pipeline/files/window.ts';

const CONTENT = Uint8Array.from({ length: 1000 }, (_, i) => i & 0xff);

it('fetches in large steps and gives every piece right', async () => {
  const reads: number[] = [];
  const file: ReadHandle = {
    path: 'f',
    bytes: CONTENT.length,
    readEach: () => Promise.reject(new Error('is not asked for')),
    readAt: async (offset, length, into) => {
      reads.push(offset);
      const found = CONTENT.subarray(offset, offset + length);
      if (!into) return found.slice();
      into.set(found);
      return into.subarray(0, found.length);
    },
    close: async () => {},
  };
  const window = windowOver(file, 100);
  for (const [offset, length] of [
    [0, 8],
    [90, 10],
    [95, 10],
    [150, 0],
    [700, 300],
    [0, 5],
    [990, 50],
    [2000, 4],
  ] as const)
    expect([...(await window(offset, length))]).toEqual([...CONTENT.subarray(offset, offset + length)]);
  expect(reads).toEqual([0, 95, 700, 0, 990, 2000]);
});
