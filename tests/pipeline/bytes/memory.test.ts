import { expect, it } from 'vitest';
import { allocate, free } from '../../../pipeline/bytes/memory.ts';

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

it('gives a freed buffer again where one of its length is asked for, whatever lies in it', () => {
  const pixels = new Uint8Array(allocate(7777)).fill(9);
  free(pixels.buffer);
  expect(pixels.length).toBe(0);
  const again = new Uint8Array(allocate(7777));
  expect(again).toEqual(new Uint8Array(7777).fill(9));
  const beside = new Uint8Array(allocate(7777));
  beside.fill(1);
  expect(again[0]).toBe(9);
});

it('keeps two of each of eight lengths, and no more', () => {
  const held = (): number => process.memoryUsage().arrayBuffers;
  const before = held();
  const lengths = Array.from({ length: 9 }, (_, i) => 1e7 + i);
  for (const bytes of lengths) Array.from({ length: 3 }, () => allocate(bytes)).forEach((buffer) => free(buffer));
  const most = 2 * lengths.slice(1).reduce((sum, bytes) => sum + bytes);
  expect(held() - before).toBeGreaterThan(most - 50_000);
  expect(held() - before).toBeLessThanOrEqual(most);
  for (let bytes = 1; bytes <= 8; bytes++) free(allocate(bytes));
  expect(held() - before).toBeLessThan(50_000);
});
