import { expect, it } from 'vitest';
import { eachProduct } from '../../../operators/maths/eachProduct.ts';

it.each([0, 1, 4, 7])('gives the products of %i left rows, row by row', (count) => {
  const row = (i: number): number[] => [i + 1, i * i, -i];
  const left = Array.from({ length: count }, (_, i) => row(i));
  const right = Array.from({ length: 5 }, (_, i) => row(3 * i));
  const seen: [number, number[]][] = [];
  const rows = (of: number[][]): { values: Float64Array; dimension: number } => ({ values: Float64Array.from(of.flat()), dimension: 3 }); // prettier-ignore
  eachProduct(rows(left), rows(right), (i, products) => seen.push([i, [...products]]));
  const wanted = left.map((a, i) => [i, right.map((b) => a.reduce((sum, x, d) => sum + x * b[d]!, 0))]);
  expect(seen).toEqual(wanted);
});
