import { dispose, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { unitRows } from '../../../operators/variation/unitRows.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { closeTo, dot, step, wave } from '../../contracts/numbers.ts';

beforeAll(async () => void (await startEngine({ want: 'cpu' })));

it('brings rows to length 1, and their gradient back', () => {
  const [x, along, down] = [wave(12, 0.7), wave(12, 1.1), wave(12, 1.9)];
  const at = (h: number): number =>
    tidy(() => dot(unitRows(tensor2d(step(x, along, h), [3, 4])).rows.dataSync(), down));
  const slope = tidy(() =>
    dot(
      unitRows(tensor2d(x, [3, 4]))
        .gradient(tensor2d(down, [3, 4]))
        .dataSync(),
      along,
    ),
  );
  expect((at(1e-3) - at(-1e-3)) / 2e-3).toBeCloseTo(slope, 3);
});

it('leaves a row of zeros at zero', () => {
  const zeros = tensor2d([0, 0, 3, 4], [2, 2]);
  const rows = tidy(() => unitRows(zeros).rows);
  closeTo(rows.dataSync(), [0, 0, 0.6, 0.8]);
  dispose([zeros, rows]);
});
