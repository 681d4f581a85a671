import { abs, max, memory, mul, randomNormal, scalar, sub, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { descend } from '../../../operators/net/kernels/descend.ts';
import { rowTable } from '../../../operators/net/kernels/rowTable.ts';
import { descendRows } from '../../../operators/steps/descendRows.ts';
import { sgd } from '../../../operators/steps/sgd.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { ENGINES, operations } from '../../fixtures/operations.ts';

vi.mock(import('../../../operators/net/kernels/native.ts'), async (original) => {
  const { whereCompiled } = await import('../../fixtures/operations.ts');
  return whereCompiled(await original());
});

const range = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

describe.each(ENGINES)('rows of a table on %s', (kind, backend) => {
  beforeAll(async () => {
    operations.compiled = kind === backend;
    await startEngine({ want: backend });
  });

  it('step as PyTorch does when they are touched, and stay when they are not', () => {
    const before = memory().numTensors;
    const table = rowTable(4, 2);
    tidy(() => table.put(range(4), tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2])));
    const optimiser = sgd({ momentum: 0.5, weightDecay: 0.1, decay: 'all' });
    const step = (at: number[], gradient: number[], rate: number): void =>
      tidy(() => {
        const rows = Int32Array.from(at);
        const group = { name: 'w', role: 'weight' as const, table, at: rows, rows: table.take(rows) };
        optimiser.update([group], { w: tensor2d(gradient, [at.length, 2]) }, rate);
      });
    step([1, 3], [10, 10, 20, 20], 0.1);
    step([1], [10, 10], 0.2);
    const all = tidy(() => [...table.take(range(4)).dataSync()]);
    // Row 1: v = 10 + 0.1 w, w -= 0.1 v; then v = 0.5 v + 10 + 0.1 w, w -= 0.2 v. Row 3 took the first alone.
    const twice = (w: number): number => {
      const v = 10 + 0.1 * w;
      const next = w - 0.1 * v;
      return next - 0.2 * (0.5 * v + 10 + 0.1 * next);
    };
    const expected = [1, 2, twice(3), twice(4), 5, 6, 7 - 0.1 * 20.7, 8 - 0.1 * 20.8];
    expected.forEach((x, i) => expect(all[i]).toBeCloseTo(x, 5));
    optimiser.dispose();
    table.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('take what lies along them out of the gradient, before a clip measures it', () => {
    const norms = [false, true].map((left) => {
      const table = rowTable(2, 2);
      tidy(() => table.put(range(2), tensor2d([1, 2, 3, 4], [2, 2])));
      const optimiser = sgd({ momentum: 0, weightDecay: 0.1, clipNorm: 1 });
      const norm = tidy(() => {
        const rows = table.take(range(2));
        const [across, along] = [tensor2d([3, 1, 2, 5], [2, 2]), tensor2d([0.5, 0.25], [2, 1])];
        const whole: Tensor2D = left ? across : sub(across, mul(along, rows));
        const group = { name: 'w', role: 'weight' as const, table, at: range(2), rows, ...(left && { along }) };
        return optimiser.update([group], { w: whole }, 0.1).gradientNorm!.dataSync()[0]!;
      });
      const moved = tidy(() => [...table.take(range(2)).dataSync()]);
      optimiser.dispose();
      table.dispose();
      return [norm, ...moved];
    });
    expect(norms[1]).toEqual(norms[0]);
    expect(norms[0]![0]).toBeCloseTo(Math.hypot(2.5, 0, 1.25, 4), 5);
  });
});

describe.each(ENGINES.slice(0, 2))('many rows on %s', (kind, backend) => {
  beforeAll(async () => {
    operations.compiled = kind === backend;
    await startEngine({ want: 'native' });
  });

  it.each([undefined, 0.3])('step a part at a time, in one pass, as a few do, clip %s', (clip) => {
    const count = 70_000;
    const before = memory().numTensors;
    const [table, velocity] = [rowTable(count + 7, 64), rowTable(count + 7, 64)];
    const at = Int32Array.from({ length: count }, (_, i) => i + 3);
    const furthest = tidy(() => {
      const draw = (seed: number): Tensor2D => randomNormal([count, 64], 0, 1, 'float32', seed);
      const [rows, gradient, speed] = [draw(1), draw(2), draw(3)];
      const along = tensor2d(
        Float32Array.from(at, (row) => row / count),
        [count, 1],
      );
      table.put(at, rows);
      velocity.put(at, speed);
      const rates = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.05, ...(clip && { clip: scalar(clip) }) };
      const expected = descend(rows, sub(gradient, mul(along, rows)), speed, rates);
      const group = { name: 'w', role: 'weight' as const, table, at, rows: rows.clone(), along: along.clone() };
      descendRows(group, gradient.clone(), velocity, rates);
      const off = (t: typeof table, x: Tensor2D): number => max(abs(sub(t.take(at), x))).dataSync()[0]!;
      return [off(table, expected.weight as Tensor2D), off(velocity, expected.velocity as Tensor2D)];
    });
    for (const off of furthest) expect(off).toBeLessThan(2e-6);
    const outside = tidy(() => [...table.take(Int32Array.of(0, 2, count + 3, count + 6)).dataSync()]);
    expect(outside.every((x) => x === 0)).toBe(true);
    table.dispose();
    velocity.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
