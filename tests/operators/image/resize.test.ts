import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { resize } from '../../../operators/image/resize.ts';
import { decodeWithSharp } from '../../../pipeline/pixels.ts';

const picture = async (name: string): ReturnType<typeof decodeWithSharp> =>
  decodeWithSharp(await readFile(new URL(`../../fixtures/align/${name}.png`, import.meta.url)));

test.each(['smaller', 'larger'])('agrees with OpenCV to a grey level, %s', async (name) => {
  const expected = await picture(name);
  const into = { ...expected, data: new Uint8Array(expected.data.length) };
  resize(await picture('drawn'), into);
  const worst = into.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i]!)), 0);
  expect(worst).toBeLessThanOrEqual(1);
});

test('copies at the same size', async () => {
  const drawn = await picture('drawn');
  const into = { ...drawn, data: new Uint8Array(drawn.data.length) };
  resize(drawn, into);
  expect(into.data).toEqual(drawn.data);
  expect(into.data.buffer).not.toBe(drawn.data.buffer);
});

test('one pixel fills everything', () => {
  const into = { height: 3, width: 5, data: new Uint8Array(45) };
  resize({ height: 1, width: 1, data: Uint8Array.of(10, 20, 30) }, into);
  expect([...into.data.subarray(42)]).toEqual([10, 20, 30]);
});
