import { add, dispose, matMul, memory, mul, reshape, tensor, zeros } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { autodiff } from '../../../operators/net/autodiff.ts';
import { Flatten } from '../../../operators/net/flatten.ts';
import type { Grads, Layer, Mode } from '../../../operators/net/layer.ts';
import { Linear } from '../../../operators/net/linear.ts';
import { modelAround } from '../../../operators/net/model.ts';
import { createScope } from '../../../operators/net/scope.ts';
import { Sequential } from '../../../operators/net/sequential.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { loadAutodiff } from '../../contracts/marginOracle.ts';
import { near } from '../../contracts/layer.ts';
import { wave } from '../../contracts/numbers.ts';

const MODE: Mode = { train: true, updateStats: true, step: 1, seed: 7 };
const SHAPE = [2, 3, 3];
const linear = new Linear('fc', { map: [2, 3, 3], out: 4 });
const explicit = new Sequential([new Flatten([2, 3, 3]), linear]);
/** The same as a function, squared where `bent`. */
const adapted = (bent = false): Layer =>
  autodiff({
    params: linear.params,
    outShape: () => [4],
    forward: (p, x) => {
      const flat = reshape(x, [x.shape[0]!, 18]) as Tensor2D;
      const y = add(matMul(flat, p['fc.weight'] as Tensor2D), p['fc.bias']!);
      return bent ? mul(y, y) : y;
    },
  });
const values = (shape: number[], key: number): Tensor => tensor(wave(shape.reduce((a, b) => a * b), key), shape); // prettier-ignore
const given = () => ({ 'fc.weight': values([18, 4], 0.7), 'fc.bias': values([4], 1.1) });
const read = (x: Tensor): Float32Array => x.dataSync<'float32'>();

describe.each(['native', 'cpu'] as const)('autodiff on %s', (backend) => {
  beforeAll(async () => {
    await startEngine({ want: backend });
    await loadAutodiff();
  });

  it('does what the explicit layer does: forward, both gradients, twice, and tangents', () => {
    const before = memory().numTensors;
    const walk = (layer: Layer) => {
      const [p, dots] = [given(), { 'fc.weight': values([18, 4], 2.1), 'fc.bias': values([4], 2.7) }];
      const scope = createScope({ keeps: true });
      const y = layer.forward(p, values([5, ...SHAPE], 1.3), MODE, scope);
      const tangents = [layer.jvp(p, values([5, ...SHAPE], 1.9), dots, scope)];
      if (layer !== explicit) tangents.push(layer.jvp(p, null, dots, scope));
      const into: Grads = {};
      const dx = layer.backward(p, values([5, 4], 1.7), scope, into, true);
      layer.backward(p, values([5, 4], 1.7), scope, null, true).dispose();
      layer.backwardParams!(p, values([5, 4], 1.7), scope, into, false);
      const found = {
        ...Object.fromEntries(Object.entries({ ...into, y, dx }).map(([k, t]) => [k, read(t)])),
        tangents: tangents.map(read),
      };
      dispose([y, dx, into, tangents, p, dots] as never);
      scope.dispose();
      return found as Record<string, Float32Array> & { tangents: Float32Array[] };
    };
    const [ours, theirs] = [walk(adapted()), walk(explicit)];
    for (const key of ['y', 'dx', 'fc.weight', 'fc.bias']) near(ours[key]!, theirs[key]!, 1e-5);
    // The function is linear in each argument: all that is left of the error is rounding, over a small step.
    near(ours.tangents[0]!, theirs.tangents[0]!, 3e-3);
    expect(memory().numTensors).toBe(before);
  });

  it('has the tangent of a function that bends, of parameters alone, and none of nothing', () => {
    const [p, layer, scope] = [given(), adapted(true), createScope({ keeps: true })];
    const dots = { 'fc.weight': values([18, 4], 2.1) };
    const x = values([5, ...SHAPE], 1.3);
    const flat = reshape(x, [5, 18]) as Tensor2D;
    const y = add(matMul(flat, p['fc.weight'] as Tensor2D), p['fc.bias']);
    const exact = mul(mul(y, 2), matMul(flat, dots['fc.weight'] as Tensor2D));
    layer.forward(p, x, MODE, scope).dispose();
    near(read(layer.jvp(p, null, dots, scope)), read(exact), 3e-3);
    expect(read(layer.jvp(p, null, {}, scope))).toEqual(read(zeros([5, 4])));
    scope.dispose();
  });

  it('makes a model, which saves, loads and embeds', () => {
    const before = memory().numTensors;
    const [model, other] = [1, 2].map((seed) => modelAround(adapted(), { name: 'mine', size: [2, 3], seed }));
    expect(model!.architecture).toMatchObject({ name: 'mine', embedding: 4, size: [2, 3] });
    other!.load(model!.save());
    const pixels = Uint8Array.from({ length: 2 * 18 }, (_, i) => 7 * i);
    const [a, b] = [model!, other!].map((one) => one.embed(one.normalise(pixels, 2, [2, 3])));
    expect(read(a!)).toEqual(read(b!));
    expect(a!.shape).toEqual([2, 4]);
    dispose([a!, b!]);
    for (const one of [model!, other!]) one.dispose();
    expect(memory().numTensors).toBe(before);
    const map = autodiff({ params: [], outShape: (shape) => [...shape], forward: (_p, x) => x });
    expect(() => modelAround(map, { name: 'mine', size: [2, 3], seed: 1 })).toThrow('mine: expected shape [embedding]');
  });
});
