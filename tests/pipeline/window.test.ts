import { expect, it } from 'vitest';
import { Window } from '../../pipeline/window.ts';

it('gives values in the order they were entered', () => {
  const window = new Window<string>(true);
  const [a, b, c] = [window.enter(1), window.enter(2), window.enter(3)];
  b!('b');
  expect([window.take(), window.size]).toEqual([undefined, 3]);
  a!('a');
  expect([window.take(), window.take(), window.take()]).toEqual([
    { value: 'a', weight: 1 },
    { value: 'b', weight: 2 },
    undefined,
  ]);
  c!('c');
  expect([window.take()?.value, window.size]).toEqual(['c', 0]);
});

it('gives values as they settle where order is not asked for', () => {
  const window = new Window<string | undefined>(false);
  const [a, b] = [window.enter(1), window.enter(1)];
  b!('b');
  expect(window.take()?.value).toBe('b');
  a!(undefined);
  expect(window.take()).toEqual({ value: undefined, weight: 1 });
});
