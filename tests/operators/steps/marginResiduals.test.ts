import { memory, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { classVolume } from '../../../operators/margins/classVolume.ts';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import { marginResiduals, type MarginResidualOptions } from '../../../operators/steps/marginResiduals.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { closeTo } from '../../contracts/numbers.ts';

const read = (x: Tensor): number[] => [...x.dataSync<'float32'>()];
const SLOPES = [2e-4, -1e-4, 4e-4, 0];
const P = [0.5, 0.1, 0.9, 0.5];
/** dLmeta / dm at a scale of 64. */
const BY_MARGIN = SLOPES.map((slope, i) => 64 * P[i]! * slope);
const rms = (x: number[]): number => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);

function apply(
  options: MarginResidualOptions,
  given: { slopes?: number[]; margin?: number[]; weight?: number[]; logits?: boolean } = {},
) {
  const { slopes = SLOPES, margin = [0.3, 0.3, 0.3, 0.3], weight, logits } = given;
  return tidy(() => {
    const out = marginResiduals(options).apply({
      dWeight: tensor1d(slopes),
      bent: {
        losses: tensor1d(P.map((p) => -Math.log(p))),
        probability: tensor1d(P),
        margin: tensor1d(margin),
        ...(weight && { weight: tensor1d(weight) }),
      },
      margin: logits ? classVolume({ counts: [1], units: 'logit' }) : cosFace(),
    });
    const part = read(out.partOf!(tensor1d(slopes)));
    const { residual, weight: counts, probability, loss, predicted, margin: after } = out;
    return { residual: read(residual), counts: read(counts), probability: read(probability), loss: read(loss), predicted: read(predicted)[0]!, after: read(after), part }; // prettier-ignore
  });
}

describe('marginResiduals', () => {
  beforeAll(async () => {
    await startEngine({ want: 'cpu' });
  });

  it('go against the slope, of one size whatever the size of the slopes', () => {
    const before = memory().numTensors;
    const expected = BY_MARGIN.map((g) => (-0.03 * g) / rms(BY_MARGIN));
    for (const factor of [1, 1e-4, 1e4]) {
      const { residual, part } = apply({}, { slopes: SLOPES.map((x) => factor * x) });
      closeTo(residual, expected);
      closeTo(part, expected);
    }
    expect(memory().numTensors).toBe(before);
  });

  it('are tau times the slope where Eq 11 is taken to the letter', () => {
    const { residual, predicted, after } = apply({ step: 'raw', tau: 2, residualMax: Infinity });
    closeTo(residual, BY_MARGIN.map((g) => -2 * g)); // prettier-ignore
    expect(predicted).toBeCloseTo(-2 * BY_MARGIN.reduce((sum, g) => sum + g * g, 0), 8);
    closeTo(after, residual.map((r) => 0.3 + r)); // prettier-ignore
  });

  it('keep within their bounds, and the margin within its own', () => {
    const most = apply({ size: 9, residualMax: 0.05 });
    closeTo(most.residual, [-0.05, 0.05, -0.05, 0]);
    const low = apply({ size: 9, residualMax: 0.5, marginMin: 0.2, marginMax: 0.4 });
    closeTo(low.after, [0.2, 0.4, 0.2, 0.3]);
    // A margin that is outside by itself is not pulled in, and not pushed further out.
    const outside = apply(
      { size: 9, residualMax: 0.5, marginMin: 0.2, marginMax: 0.4 },
      { margin: [0.1, 0.9, 0.9, 0.1] },
    );
    closeTo(outside.after, [0.1, 0.9, 0.4, 0.1]);
  });

  it('are weights on the gradient: a sample that counts more is more of the loss', () => {
    const { residual, counts, probability, loss } = apply({});
    residual.forEach((r, i) => {
      const push = Math.exp(64 * r);
      expect(counts[i]).toBeCloseTo(push / (P[i]! + (1 - P[i]!) * push), 4);
      expect(probability[i]).toBeCloseTo(P[i]! / (P[i]! + (1 - P[i]!) * push), 5);
      expect(loss[i]).toBeCloseTo(-Math.log(probability[i]!), 4);
    });
    expect(counts[1]).toBeGreaterThan(1);
    expect(counts[3]).toBe(1);
  });

  it('go with what a sample counted before', () => {
    const weight = [2, 1, 0.5, 1];
    const { residual, counts, loss } = apply({ step: 'raw', tau: 1 }, { weight });
    const plain = apply({ step: 'raw', tau: 1 });
    closeTo(residual, plain.residual.map((r, i) => weight[i]! * r)); // prettier-ignore
    const alone = residual.map((r, i) => Math.exp(64 * r) / (P[i]! + (1 - P[i]!) * Math.exp(64 * r)));
    closeTo(counts, alone.map((x, i) => weight[i]! * x)); // prettier-ignore
    expect(loss[0]).toBeCloseTo(2 * -Math.log(P[0]! / (P[0]! + (1 - P[0]!) * Math.exp(64 * residual[0]!))), 4);
  });

  it('are in the units of the margin', () => {
    const { residual, after } = apply({ step: 'raw', tau: 1, residualMax: 9, marginMax: 99 }, { logits: true });
    closeTo(residual, BY_MARGIN.map((g) => -g / 64)); // prettier-ignore
    closeTo(after, residual.map((r) => 0.3 + r / 64)); // prettier-ignore
  });

  it('are none where there are no slopes', () => {
    const { residual, counts } = apply({}, { slopes: [0, 0, 0, 0] });
    expect(residual.map(Math.abs)).toEqual([0, 0, 0, 0]);
    expect(counts).toEqual([1, 1, 1, 1]);
  });

  it.each<[MarginResidualOptions, string]>([
    [{ step: 'x' as 'rms' }, "step must be 'rms' or 'raw', received 'x'"],
    [{ size: 0 }, 'size must be above 0, received 0'],
    [{ step: 'raw' }, "tau must be above 0 for 'raw', absent for 'rms', received undefined"],
    [{ tau: 1 }, "tau must be above 0 for 'raw', absent for 'rms', received 1"],
    [{ residualMax: 0 }, 'residualMax must be above 0, received 0'],
    [{ marginMin: 1 }, 'marginMax must be at least marginMin = 1, received 0.8'],
  ])('refuse options outside their bounds: case %#', (options, message) => {
    expect(() => marginResiduals(options)).toThrow(`marginResiduals: ${message}`);
  });
});
