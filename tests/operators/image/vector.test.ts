import { expect, test } from 'vitest';
import { layOut, loops, taken } from '../../../operators/image/vector.ts';

test('buffers lie apart, each where vectors may begin, with room behind', () => {
  const [bytes, numbers, room] = layOut(Uint8Array.of(1, 2, 3), Int32Array.of(-5, 7), 100) as [number, number, number];
  expect([bytes % 16, numbers % 16, room % 16]).toEqual([0, 0, 0]);
  expect(numbers - (bytes + 3)).toBeGreaterThanOrEqual(16);
  expect(room - (numbers + 8)).toBeGreaterThanOrEqual(16);
  const out = new Uint8Array(8);
  taken(numbers, out);
  expect(new Int32Array(out.buffer)).toEqual(Int32Array.of(-5, 7));
});

test('memory grows with what is laid out', () => {
  const large = new Uint8Array(3_000_000).fill(9);
  const [at] = layOut(large) as [number];
  expect(loops.memory.buffer.byteLength).toBeGreaterThan(large.length);
  loops.blendGrey(at, large.length, 0, 0.5);
  taken(at, large);
  expect([large[0], large.at(-1)]).toEqual([4, 4]);
});

test('a part of a larger array is laid out alone', () => {
  layOut(new Uint8Array(8));
  const [at] = layOut(Uint8Array.of(1, 2, 3, 4).subarray(1, 3)) as [number];
  const out = new Uint8Array(3);
  taken(at, out);
  expect([...out]).toEqual([2, 3, 0]);
});
