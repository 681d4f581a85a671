import { expect, it } from 'vitest';
import { residualFigures } from '../../../operators/steps/residualFigures.ts';

it('sums residuals up, over all and by the classes that the batch has labels of', () => {
  const none = new Int32Array(4).fill(-1);
  const figures = residualFigures(Float32Array.of(0.25, -0.5, 0.75, 0), {
    ethnicity: none,
    pose: Int32Array.of(6, 3, 6, -1),
    blur: Int32Array.of(0, 0, 0, 0),
    occlusion: none,
  });
  expect(figures).toEqual({
    'residual.mean': 0.125,
    'residual.rms': Math.sqrt((0.0625 + 0.25 + 0.5625) / 4),
    'residual.largest': 0.75,
    'residual.pose.3': -0.5,
    'residual.pose.6': 0.5,
    'residual.blur.0': 0.125,
  });
});
