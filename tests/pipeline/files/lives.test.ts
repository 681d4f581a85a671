import { expect, it } from 'vitest';
import { lives } from '../../../pipeline/files/lives.ts';

it('knows a process that runs from one that cannot', () => {
  expect(lives(process.pid)).toBe(true);
  expect(lives(1)).toBe(true);
  expect(lives(2 ** 22 + 1)).toBe(false);
});
