import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { eachLargeProduct } from '../../../operators/evaluate/eachLargeProduct.ts';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import { BACKENDS, startEngine } from '../../../pipeline/engine/load.ts';

type Visit = [row: number, other: number, product: number];

/** Rows of length 1; every seventh is a copy of the one before. */
function unitRows(count: number, dimension: number, seed: number): { values: Float64Array; dimension: number } {
  const random = keyedRandom(seed, 'test', 0, 0);
  const values = new Float64Array(count * dimension);
  for (let row = 0; row < count; row++) {
    const own = values.subarray(row * dimension, (row + 1) * dimension);
    if (row % 7 === 6) own.set(values.subarray((row - 1) * dimension, row * dimension));
    else {
      const drawn = own.map(() => random() - 0.5);
      own.set(drawn.map((value) => value / Math.hypot(...drawn)));
    }
  }
  return { values, dimension };
}

const [LEFT, RIGHT, D] = [130, 170, 64];
const [left, right] = [unitRows(LEFT, D, 1), unitRows(RIGHT, D, 2)];

/** All products, summed in order. */
const table = Array.from({ length: LEFT }, (_, i) =>
  Array.from({ length: RIGHT }, (_, j) => {
    let sum = 0;
    for (let d = 0; d < D; d++) sum += left.values[i * D + d]! * right.values[j * D + d]!;
    return sum;
  }),
);

function visits(least: (row: number) => number): Visit[] {
  const seen: Visit[] = [];
  eachLargeProduct(left, right, least, (...visit) => seen.push(visit));
  return seen;
}

describe.each(['none', ...BACKENDS] as const)('with engine %s', (want) => {
  it('visits what is large enough, of the value that loops have', async ({ skip }) => {
    // What was started stays: 'none' comes first.
    if (want !== 'none' && (await startEngine({ want })).backend !== want) skip(`${want} does not start here`);
    const tensors = (): number => (want === 'none' ? 0 : memory().numTensors);
    const before = tensors();
    // As large as the second largest of each row to the last bit, so that what rounding takes away would be missed.
    const second = table.map((row) => row.toSorted((a, b) => b - a)[1]!);
    const expected = table.flatMap((row, i) =>
      row.flatMap((product, j): Visit[] => (product >= second[i]! ? [[i, j, product]] : [])),
    );
    expect(expected.length).toBeGreaterThanOrEqual(2 * LEFT);
    expect(visits((row) => second[row]!)).toEqual(expected);
    expect(visits(() => Infinity)).toEqual([]);
    expect(visits(() => -Infinity)).toHaveLength(LEFT * RIGHT);
    // The bound rises with what was visited: each is larger than all before it.
    const best = new Float64Array(LEFT).fill(-Infinity);
    eachLargeProduct(left, right, (row) => best[row]!, (row, other, product) => {
      expect(product).toBeGreaterThanOrEqual(Math.max(...table[row]!.slice(0, other)));
      best[row] = product;
    }); // prettier-ignore
    expect([...best]).toEqual(table.map((row) => Math.max(...row)));
    expect(tensors()).toBe(before);
  });
});

it('goes through a table piece by piece', async () => {
  await startEngine();
  const [few, many] = [unitRows(3, 2, 3), unitRows(1_500_000, 2, 4)];
  const last = many.values.subarray(-2);
  const seen: number[] = [];
  const same = { values: Float64Array.of(...few.values.subarray(0, 4), ...last), dimension: 2 };
  eachLargeProduct(same, many, (row) => (row === 2 ? 1 - 1e-15 : Infinity), (_, other) => seen.push(other)); // prettier-ignore
  expect(seen.at(-1)).toBe(1_499_999);
});
