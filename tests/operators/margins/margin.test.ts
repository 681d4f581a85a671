import { tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { adaFace } from '../../../operators/margins/adaFace.ts';
import { arcFace } from '../../../operators/margins/arcFace.ts';
import { classBalanced, classWeights } from '../../../operators/margins/classBalanced.ts';
import { classVolume, volumeMargins } from '../../../operators/margins/classVolume.ts';
import { combined } from '../../../operators/margins/combined.ts';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import { curricularFace } from '../../../operators/margins/curricularFace.ts';
import { ldam } from '../../../operators/margins/ldam.ts';
import { magFace } from '../../../operators/margins/magFace.ts';
import type { Margin } from '../../../operators/margins/margin.ts';
import { mvSoftmax } from '../../../operators/margins/mvSoftmax.ts';
import { normFace } from '../../../operators/margins/normFace.ts';
import { softmax } from '../../../operators/margins/softmax.ts';
import { sphereFace } from '../../../operators/margins/sphereFace.ts';
import { withFiltering } from '../../../operators/margins/withFiltering.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { marginContract } from '../../contracts/margin.ts';
import { MARGINS } from '../../contracts/margins.ts';

describe.each(['cpu', 'native', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startEngine({ want: backend });
  });

  for (const [name, margin] of Object.entries(MARGINS)) marginContract(name, margin);
});

describe('margins', () => {
  it.each([
    [() => adaFace({ s: 0 }), 'adaFace: s must be above 0, received 0'],
    [() => adaFace({ m: -1 }), 'adaFace: m must be at least 0, received -1'],
    [() => adaFace({ h: -1 }), 'adaFace: h must be at least 0, received -1'],
    [() => adaFace({ emaMomentum: 2 }), 'adaFace: emaMomentum must be in [0, 1], received 2'],
    [() => arcFace({ s: NaN }), 'arcFace: s must be above 0, received NaN'],
    [() => arcFace({ m: 4 }), 'arcFace: m must be in [0, pi), received 4'],
    [() => cosFace({ s: -1 }), 'cosFace: s must be above 0, received -1'],
    [() => cosFace({ m: -0.1 }), 'cosFace: m must be at least 0, received -0.1'],
    [() => normFace({ s: 0 }), 'normFace: s must be above 0, received 0'],
    [() => sphereFace({ s: 0 }), 'sphereFace: s must be above 0, received 0'],
    [() => sphereFace({ m: 0.5 }), 'sphereFace: m must be in [1, 5], received 0.5'],
    [() => sphereFace({ annealing: { power: -1 } }), 'sphereFace: annealing.power must be at least 0, received -1'],
    [() => combined({ s: 0 }), 'combined: s must be above 0, received 0'],
    [() => combined({ m1: 0 }), 'combined: m1 must be above 0, received 0'],
    [() => combined({ m2: 4 }), 'combined: m2 must be in [0, pi), received 4'],
    [() => combined({ m3: -1 }), 'combined: m3 must be at least 0, received -1'],
    [() => mvSoftmax({ s: 0 }), 'mvSoftmax: s must be above 0, received 0'],
    [() => mvSoftmax({ m: -1 }), 'mvSoftmax: m must be at least 0, received -1'],
    [() => mvSoftmax({ form: 'arc', m: 4 }), 'mvSoftmax: m must be in [0, pi), received 4'],
    [() => mvSoftmax({ t: -1 }), 'mvSoftmax: t must be at least 0, received -1'],
    [() => curricularFace({ s: 0 }), 'curricularFace: s must be above 0, received 0'],
    [() => curricularFace({ m: 4 }), 'curricularFace: m must be in [0, pi), received 4'],
    [() => curricularFace({ emaMomentum: -1 }), 'curricularFace: emaMomentum must be in [0, 1], received -1'],
    [() => magFace({ s: 0 }), 'magFace: s must be above 0, received 0'],
    [() => magFace({ norms: [5, 5] }), 'magFace: norms must be two numbers, 0 < l_a < u_a, received [5,5]'],
    [() => magFace({ margins: [1, 0] }), 'magFace: margins must be two numbers, 0 <= l_m <= u_m < pi, received [1,0]'],
    [() => magFace({ lambda: -1 }), 'magFace: lambda must be at least 0, received -1'],
    [() => classVolume({ counts: [2], s: 0 }), 'classVolume: s must be above 0, received 0'],
    [() => classVolume({ counts: [2], alpha: -1 }), 'classVolume: alpha must be at least 0, received -1'],
    [
      () => classVolume({ counts: [2, 0] }),
      'classVolume: counts must be whole numbers of at least 1, one a class, received 0',
    ],
    [
      () => classVolume({ counts: [2], mode: 'x' as 'raw' }),
      "classVolume: mode must be 'raw' or 'maxnorm', received 'x'",
    ],
    [
      () => classVolume({ counts: [2], units: 'x' as 'logit' }),
      "classVolume: units must be 'cosine' or 'logit', received 'x'",
    ],
    [() => ldam({ counts: [] }), 'ldam: counts must be whole numbers of at least 1, one a class, received []'],
    [() => ldam({ counts: [2], s: 0 }), 'ldam: s must be above 0, received 0'],
    [() => ldam({ counts: [2], maxMargin: -1 }), 'ldam: maxMargin must be at least 0, received -1'],
    [() => classBalanced(cosFace(), { counts: [1.5] }), 'classBalanced: counts must be whole numbers of at least 1'],
    [() => classBalanced(cosFace(), { counts: [1], beta: 1 }), 'classBalanced: beta must be in [0, 1), received 1'],
    [
      () => classBalanced(cosFace(), { counts: [1], from: -1 }),
      'classBalanced: from must be a whole number of at least 0',
    ],
    [() => withFiltering(cosFace(), { threshold: 0 }), 'withFiltering: threshold must be in (0, 1], received 0'],
    [
      () => withFiltering(softmax(), { threshold: 0.4 }),
      "withFiltering: margin must be one over cosines, received 'softmax'",
    ],
  ])('refuse options outside their bounds: case %#', (make, message) => {
    expect(make).toThrow(message);
  });

  it('refuse a state that is not theirs', () => {
    expect(() => sphereFace().state!.load({})).toThrow('iteration: expected an array of one number');
    expect(() => curricularFace().state!.load({})).toThrow('t: expected an array of one number');
    expect(sphereFace({ annealing: false }).state).toBeUndefined();
  });

  it('have the class volumes of the paper, and of the effective number of samples', () => {
    const close = (values: Float32Array, expected: number[]): void =>
      expected.forEach((x, i) => expect(values[i]).toBeCloseTo(x, 4));
    close(volumeMargins('test', [57, 500], 0.45, 'raw'), [0.16377, 0.09516]);
    close(volumeMargins('test', [57, 500], 0.45, 'maxnorm'), [0.45, 0.26148]);
    close(classWeights([7, 300, 2], 0), [1, 1, 1]);
    close(classWeights([1, 2], 0.5), [1.2, 0.8]); // 1 and 2 / 3
    close(classWeights([10, 1000], 1 - 1e-12), [2 / 1.01, 0.02 / 1.01]); // by the inverse of the count
    expect(classVolume({ counts: [2], units: 'logit' }).marginScale).toBe(1);
  });

  it('weigh from a given update on, and go on from there', async () => {
    await startEngine({ want: 'cpu' });
    const make = (): Margin => classBalanced(adaFace(), { counts: [1, 9], from: 2 });
    const weighs = (margin: Margin): boolean =>
      tidy(() => {
        const [cosTarget, norms, labels] = [tensor1d([0.5, 0.2]), tensor1d([20, 30]), tensor1d([0, 1], 'int32')];
        return margin.apply({ cosTarget, norms, labels }).weight !== undefined;
      });
    const [first, second] = [make(), make()];
    expect([weighs(first), weighs(first)]).toEqual([false, false]);
    second.state!.load(first.state!.save());
    expect([weighs(first), weighs(second)]).toEqual([true, true]);
    expect(second.state!.save()).toEqual(first.state!.save());
    expect(Object.keys(first.state!.save())).toEqual(['batch_mean', 'batch_std', 'weighed.updates']);
    for (const margin of [first, second]) margin.state!.dispose();
    expect(weighs(first)).toBe(false);
    first.state!.dispose();
    expect(classBalanced(cosFace(), { counts: [1, 9] }).state).toBeUndefined();
  });
});
