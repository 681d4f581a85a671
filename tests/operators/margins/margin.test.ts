import { beforeAll, describe, expect, it } from 'vitest';
import { adaFace } from '../../../operators/margins/adaFace.ts';
import { arcFace } from '../../../operators/margins/arcFace.ts';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import { normFace } from '../../../operators/margins/normFace.ts';
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
  ])('refuse options outside their bounds: case %#', (make, message) => {
    expect(make).toThrow(message);
  });
});
