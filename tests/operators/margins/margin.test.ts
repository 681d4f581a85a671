import { beforeAll, describe, expect, it } from 'vitest';
import { adaFace } from '../../../operators/margins/adaFace.ts';
import { arcFace } from '../../../operators/margins/arcFace.ts';
import { combined } from '../../../operators/margins/combined.ts';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import { curricularFace } from '../../../operators/margins/curricularFace.ts';
import { magFace } from '../../../operators/margins/magFace.ts';
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
});
