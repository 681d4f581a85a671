import { describe, expect, it } from 'vitest';
import { initialise } from '../../../operators/net/initialise.ts';
import type { ParamSpec } from '../../../operators/net/layer.ts';

const spec = (name: string, shape: number[], init: ParamSpec['init']): ParamSpec => ({
  name,
  shape,
  layout: { kind: 'conv' },
  role: 'weight',
  init,
});

describe('initialise', () => {
  it('draws kaiming normal values with fan out', () => {
    const fanOut = 3 * 3 * 64;
    const values = initialise(spec('conv', [3, 3, 32, 64], { kind: 'kaimingFanOut', fanOut }), 7);
    const unit = values.map((v) => v / Math.sqrt(2 / fanOut));
    const moment = (power: number): number => unit.reduce((sum, v) => sum + v ** power, 0) / unit.length;
    expect(moment(1)).toBeCloseTo(0, 1);
    expect(moment(2)).toBeCloseTo(1, 1);
    expect(moment(4)).toBeCloseTo(3, 0);
    expect(unit.filter((v) => Math.abs(v) < 1).length / unit.length).toBeCloseTo(0.6827, 1);
  });

  it('is a function of seed and name alone', () => {
    const init = { kind: 'kaimingFanOut', fanOut: 4 } as const;
    const values = initialise(spec('a', [1, 1, 3, 3], init), 7);
    expect(initialise(spec('a', [1, 1, 3, 3], init), 7)).toEqual(values);
    expect(initialise(spec('a', [1, 1, 3, 3], init), 8)).not.toEqual(values);
    expect(initialise(spec('b', [1, 1, 3, 3], init), 7)).not.toEqual(values);
  });

  it('fills constants', () => {
    expect([...initialise(spec('p', [3], { kind: 'constant', value: 0.25 }), 7)]).toEqual([0.25, 0.25, 0.25]);
  });
});
