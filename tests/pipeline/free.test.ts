import { expect, it } from 'vitest';
import { free } from '../../pipeline/free.ts';

it('leaves an empty buffer, and no memory of it', () => {
  const bytes = new Uint8Array(50_000_000);
  const before = process.memoryUsage().arrayBuffers;
  free(bytes.buffer);
  expect([bytes.length, bytes.buffer.byteLength]).toEqual([0, 0]);
  expect(before - process.memoryUsage().arrayBuffers).toBeGreaterThanOrEqual(50_000_000);
});

it('keeps no process alive, however often', () => {
  for (let i = 0; i < 1000; i++) free(new ArrayBuffer(1000));
  expect(process.getActiveResourcesInfo().filter((name) => name === 'MessagePort')).toEqual([]);
});
