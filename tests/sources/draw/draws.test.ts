import { expect, it } from 'vitest';
import { draws } from '../../../sources/draw/draws.ts';

const many = Array.from({ length: 4000 }, (_, i) => draws(1, 'test', i));

it('gives the same for a name, whatever was asked before', () => {
  const [one, other] = [draws(7, 'a', 3), draws(7, 'a', 3)];
  other.bell('another');
  expect(one.unit('x')).toBe(other.unit('x'));
  expect(one.unit('x')).toBe(one.unit('x'));
  expect(one.unit('x')).not.toBe(one.unit('y'));
  expect(one.unit('x')).not.toBe(draws(8, 'a', 3).unit('x'));
});

it('spreads as it says', () => {
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean(many.map((draw) => draw.within('w', 2, 4))) - 3)).toBeLessThan(0.04);
  const bells = many.map((draw) => draw.bell('b'));
  expect(Math.abs(mean(bells))).toBeLessThan(0.06);
  expect(Math.abs(mean(bells.map((value) => value * value)) - 1)).toBeLessThan(0.1);
  expect(Math.abs(mean(many.map((draw) => Number(draw.chance('c', 0.3)))) - 0.3)).toBeLessThan(0.03);
  expect(new Set(many.map((draw) => draw.pick('p', ['x', 'y', 'z'])))).toEqual(new Set(['x', 'y', 'z']));
});
