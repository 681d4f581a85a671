import { expect, it } from 'vitest';
import { asideOf, isLeftAside } from '../../../pipeline/files/aside.ts';

it('gives names beside the path, never the same, which are not left as long as this process runs', () => {
  const [a, b] = [asideOf('x/y.json'), asideOf('x/y.json')];
  expect(a).toMatch(new RegExp(`^x/\\.y\\.json\\.aside-${process.pid}-\\d+$`));
  expect(a).not.toBe(b);
  expect(isLeftAside(a.slice(2))).toBe(false);
});

it('knows what a process left that is gone, also one that had this id before', () => {
  const gone = 2 ** 22 + 1; // above the largest process id there can be
  expect(isLeftAside(`.y.json.aside-${gone}-0`)).toBe(true);
  expect(isLeftAside(`.y.json.aside-${process.pid}-7`)).toBe(true);
  expect([`.y.json.aside-${process.ppid}-7`, 'y.json', '.hidden', '.aside-1-1'].map(isLeftAside)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
