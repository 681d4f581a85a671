import { keep, memory, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { descend } from '../../../operators/net/kernels/descend.ts';
import { decays, sgd } from '../../../operators/steps/sgd.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import figures from '../../fixtures/sgd.json' with { type: 'json' };

const RATES = [0.1, 0.1, 0.01];
const SPECS = [
  { name: 'decayed', role: 'weight' },
  { name: 'free', role: 'norm' },
  { name: 'frozen', role: 'weight' },
] as const;

const wave = (n: number, a: number, by = 1): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => by * Math.fround(Math.sin(a * (i + 1) ** 1.5)));

function parameters(): Record<string, Tensor> {
  return {
    decayed: tensor(wave(6, 1.3), [2, 3]),
    free: tensor(wave(4, 0.7), [4]),
    frozen: tensor([1, 2], [2]),
  };
}

const gradients = (step: number): Record<string, Tensor> => ({
  decayed: tensor(wave(6, 2.1 + step, step + 1), [2, 3]),
  free: tensor(wave(4, 1.9 + step, step + 1), [4]),
});

const close = (actual: Tensor, expected: readonly number[]): void =>
  [...actual.dataSync()].forEach((x, i) => expect(Math.abs(x - expected[i]!)).toBeLessThan(2e-7 + 1e-6 * Math.abs(x)));

describe.each(['cpu', 'native'] as const)('sgd on %s', (backend) => {
  beforeAll(async () => {
    await startEngine({ want: backend });
  });

  it.each(['plain', 'clipped'] as const)('steps as PyTorch does: %s', (name) => {
    const before = memory().numTensors;
    const params = parameters();
    const optimiser = sgd({ momentum: 0.9, weightDecay: 0.05, ...(name === 'clipped' && { clipNorm: 1.5 }) });
    RATES.forEach((rate, step) => {
      const { gradientNorm } = optimiser.update([{ params, specs: SPECS }], gradients(step), rate);
      const expected = figures[name][step]!;
      close(params['decayed']!, expected.decayed);
      close(params['free']!, expected.free);
      if (expected.norm === null) expect(gradientNorm).toBeUndefined();
      else close(gradientNorm!, [expected.norm]);
      gradientNorm?.dispose();
    });
    expect([...params['frozen']!.dataSync()]).toEqual([1, 2]);
    expect(Object.keys(optimiser.velocity)).toEqual(['decayed', 'free']);
    expect(memory().numTensors).toBe(before + 5);
    optimiser.dispose();
    for (const t of Object.values(params)) t.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it.each([undefined, 0.5])('previews an update without making it, bound %s', (clipNorm) => {
    const before = memory().numTensors;
    const params = parameters();
    const optimiser = sgd({ momentum: 0.9, weightDecay: 0.05, ...(clipNorm && { clipNorm }) });
    const groups = [{ params, specs: SPECS }];
    optimiser.update(groups, gradients(0), 0.1).gradientNorm?.dispose();
    const [now, momentum] = [{ ...params }, { ...optimiser.velocity }];
    tidy(() => {
      const grads = gradients(1);
      const { params: next, clip } = optimiser.preview(groups, grads, 0.1);
      expect([params, optimiser.velocity]).toEqual([now, momentum]);
      expect(Object.keys(next)).toEqual(['decayed', 'free']);
      if (clipNorm === undefined) expect(clip).toBeUndefined();
      else expect(clip!.dataSync()[0]!).toBeLessThan(0.5);
      optimiser.update(groups, grads, 0.1);
      for (const [name, value] of Object.entries(next)) expect(value.dataSync()).toEqual(params[name]!.dataSync());
    });
    optimiser.dispose();
    for (const t of Object.values(params)) t.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('descends without consuming what it is given', () => {
    tidy(() => {
      const [weight, gradient, velocity] = [tensor([1, 2]), tensor([3, 4]), tensor([0.5, 0.5])];
      const rates = { learningRate: 0.5, momentum: 0.5, weightDecay: 0.1 };
      const next = descend(weight, gradient, velocity, rates);
      close(next.velocity, [0.25 + 3.1, 0.25 + 4.2]);
      close(next.weight, [1 - 3.35 / 2, 2 - 4.45 / 2]);
      close(weight, [1, 2]);
      close(descend(weight, gradient, undefined, { ...rates, weightDecay: 0 }).weight, [-0.5, 0]);
    });
  });

  it('keeps what it replaces through a tidy', () => {
    const params = { decayed: keep(tensor([1, 2])) as Tensor };
    const optimiser = sgd();
    tidy(() => void optimiser.update([{ params, specs: SPECS }], { decayed: tensor([1, 1]) }, 0.1));
    close(params.decayed, [1 - 0.1 * (1 + 5e-4), 2 - 0.1 * (1 + 1e-3)]);
    params.decayed.dispose();
    optimiser.dispose();
  });
});

describe('decay groups', () => {
  it.each([
    ['adaface', { weight: true, bias: true, prelu: true, norm: false }],
    ['weights', { weight: true, bias: false, prelu: false, norm: false }],
    ['all', { weight: true, bias: true, prelu: true, norm: true }],
  ] as const)('%s', (decay, expected) => {
    for (const [role, decayed] of Object.entries(expected)) {
      expect(decays(decay, role as keyof typeof expected)).toBe(decayed);
    }
  });

  it('refuses options outside their bounds', () => {
    expect(() => sgd({ momentum: 1 })).toThrow('sgd: momentum must be in [0, 1), received 1');
    expect(() => sgd({ weightDecay: -1 })).toThrow('sgd: weightDecay must be at least 0');
    expect(() => sgd({ clipNorm: 0 })).toThrow('sgd: clipNorm must be above 0');
    expect(() => sgd({ decay: 'none' as never })).toThrow("sgd: decay must be 'adaface', 'weights' or 'all'");
  });
});
