import * as tf from '@tensorflow/tfjs-core';
// Autodiff is the oracle here; the library itself uses none.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Grads, Layer, Mode, Params } from '../../operators/net/layer.ts';
import { createScope } from '../../operators/net/scope.ts';
import { keyedRandom } from '../../operators/maths/keyedRandom.ts';
import { startEngine, type Backend } from '../../pipeline/engine/load.ts';

export interface LayerCase {
  make: () => Layer;
  /** [h, w, c] or [c] that goes in. */
  shape: readonly number[];
  /** The same in stock ops, in training mode: what autodiff differentiates. None where no formula says it (dropout). */
  oracle?: (p: Params, x: Tensor) => Tensor;
  /** Layers that turn a null tangent of x into their parameters' tangent. Default: those with parameters. */
  begins?: boolean;
  /** Parameters whose true gradient is zero: only rounding may be left of it. */
  zeroGradient?: RegExp;
  /** Relative error of finite differences: kinks inside a network widen it. Default 3e-3. */
  differences?: number;
}

const TRAIN: Mode = { train: true, updateStats: false, step: 3, seed: 7 };
const BATCH = 3;
type Arrays = Record<string, Float32Array>;

/** What every layer must keep on every engine: gradients, tangents, ownership, and no readback. */
export function layerContract(
  name: string,
  { make, shape, oracle, begins, zeroGradient, differences = 3e-3 }: LayerCase,
): void {
  describe.each<Backend>(['native', 'wasm', 'cpu'])(`layer contract: ${name} on %s`, (want) => {
    const layer = make();
    const fullShape = [BATCH, ...shape];
    const outShape = [BATCH, ...layer.outShape(shape)];
    const x = awayFromZero(values('x', fullShape));
    const dy = values('dy', outShape);
    const xdot = values('xdot', fullShape);
    const params = Object.fromEntries(layer.params.map((s) => [s.name, parameter(s.name, s.shape)]));
    const trained = layer.params.filter(({ role }) => role !== 'statistic');
    const dots = Object.fromEntries(trained.map((s) => [s.name, values(`${s.name}.dot`, s.shape)]));
    const shapes = new Map(layer.params.map((s) => [s.name, s.shape]));
    const tensors = (of: Arrays): Record<string, Tensor> =>
      Object.fromEntries(Object.entries(of).map(([key, value]) => [key, tf.tensor(value, shapes.get(key))]));

    let available = true;
    beforeAll(async () => {
      const engine = await startEngine({ want });
      available = engine.backend === want;
    });

    beforeEach(({ skip }) => {
      if (!available) skip(`${want} is not installed`);
    });

    /** Everything the layer says at one point, as arrays. */
    function run(mode: Mode, at: Float32Array, p: Arrays, wantsTangent = true): Run {
      const here = tensors(p);
      const along = tensors(dots);
      const scope = createScope({ keeps: true });
      const y = layer.forward(here, tf.tensor(at, fullShape), mode, scope);
      const tangent = wantsTangent ? layer.jvp(here, tf.tensor(xdot, fullShape), along, scope) : null;
      const grads: Grads = {};
      const dx = layer.backward(here, tf.tensor(dy, outShape), scope, grads, false);
      const result = {
        y: array(y),
        shape: y.shape,
        dx: array(dx),
        grads: arrays(grads),
        tangent: tangent === null ? null : array(tangent),
      };
      scope.dispose();
      tf.dispose([y, dx, grads, here, along]);
      tangent?.dispose();
      return result;
    }

    it('says its output shape', () => {
      expect(run(TRAIN, x, params, false).shape).toEqual(outShape);
    });

    it.skipIf(oracle === undefined)('gives what autodiff gives', async () => {
      const ours = run(TRAIN, x, params, false);
      await startEngine({ want: 'cpu' });
      const names = trained.map((s) => s.name);
      const frozen = tensors(params);
      const theirs = tf.tidy(() => {
        const f = (input: Tensor, ...list: Tensor[]): Tensor =>
          oracle!({ ...frozen, ...Object.fromEntries(names.map((key, i) => [key, list[i]!])) }, input);
        const at = [tf.tensor(x, fullShape), ...names.map((key) => frozen[key]!)];
        const grads = tf
          .grads(f)(at, tf.tensor(dy, outShape))
          .map((g) => array(g));
        return { y: array(f(at[0]!, ...at.slice(1))), dx: grads[0]!, grads: grads.slice(1) };
      });
      tf.dispose(frozen);
      await startEngine({ want });
      near(ours.y, theirs.y, 1e-5);
      near(ours.dx, theirs.dx, 1e-4);
      expect(Object.keys(ours.grads).toSorted()).toEqual([...names].toSorted());
      const largest = Math.max(...theirs.grads.map(norm));
      for (const [i, key] of names.entries()) {
        if (zeroGradient?.test(key)) expect(norm(ours.grads[key]!)).toBeLessThan(1e-4 * largest);
        else near(ours.grads[key]!, theirs.grads[i]!, 1e-4);
      }
    });

    it.each([true, false])('agrees with finite differences, train %s', (train) => {
      const mode = { ...TRAIN, train };
      const { dx, grads, tangent } = run(mode, x, params);
      const h = 2e-3;
      const moved = (sign: number): Float32Array =>
        run(
          mode,
          step(x, xdot, sign * h),
          Object.fromEntries(Object.entries(params).map(([k, v]) => [k, dots[k] ? step(v, dots[k], sign * h) : v])),
          false,
        ).y;
      const [up, down] = [moved(1), moved(-1)];
      near(tangent!, up.map((value, i) => (value - down[i]!) / (2 * h)), differences); // prettier-ignore
      // <dy, J v> = <J^T dy, v>: what differences cannot see, this does.
      const forwards = dot(dy, tangent!);
      const backwards = trained.reduce((sum, s) => sum + dot(grads[s.name]!, dots[s.name]!), dot(dx, xdot));
      const size = norm(dy) * norm(tangent!);
      expect(Math.abs(forwards - backwards) / size).toBeLessThan(2e-6 * (1 + layer.params.length));
    });

    it('takes tangents of parameters alone', ({ skip }) => {
      if (!(begins ?? layer.params.length > 0)) skip('it has none');
      const [p, along] = [tensors(params), tensors(dots)];
      const scope = createScope({ keeps: true });
      const zero = tf.zeros(fullShape);
      layer.forward(p, tf.tensor(x, fullShape), TRAIN, scope).dispose();
      const alone = layer.jvp(p, null, along, scope);
      const withZero = layer.jvp(p, zero, along, scope);
      near(array(alone), array(withZero), 1e-6);
      const still = layer.jvp(p, null, {}, scope);
      expect(still.shape).toEqual(outShape);
      expect(norm(array(still))).toBe(0);
      scope.dispose();
      tf.dispose([alone, withZero, still, p, along]);
    });

    it('may be walked twice, accumulates, and gives dx alone', () => {
      const p = tensors(params);
      const scope = createScope({ keeps: true });
      layer.forward(p, tf.tensor(x, fullShape), TRAIN, scope).dispose();
      const walk = (into: Grads | null, keep: boolean): Float32Array => {
        const dx = layer.backward(p, tf.tensor(dy, outShape), scope, into, keep);
        const out = array(dx);
        dx.dispose();
        return out;
      };
      const [once, twice]: [Grads, Grads] = [{}, {}];
      const first = walk(once, true);
      expect(walk(null, true)).toEqual(first);
      walk(twice, true);
      expect(walk(twice, false)).toEqual(first);
      for (const key of Object.keys(once)) near(array(twice[key]!), array(once[key]!).map((g) => 2 * g), 1e-6); // prettier-ignore
      scope.dispose();
      tf.dispose([once, twice, p]);
    });

    it('reads nothing back and leaves no tensor', () => {
      const before = tf.memory().numTensors;
      const [p, along] = [tensors(params), tensors(dots)];
      const [a, b, c] = [tf.tensor(x, fullShape), tf.tensor(xdot, fullShape), tf.tensor(dy, outShape)];
      const read = tf.Tensor.prototype.dataSync;
      const grads: Grads = {};
      const scope = createScope({ keeps: true });
      tf.Tensor.prototype.dataSync = () => expect.fail('a tensor was read back');
      try {
        layer.forward(p, a, { ...TRAIN, updateStats: true }, scope).dispose();
        layer.jvp(p, b, along, scope).dispose();
        layer.backward(p, c, scope, grads, false).dispose();
      } finally {
        tf.Tensor.prototype.dataSync = read;
      }
      const statistics = layer.params.filter(({ role }) => role === 'statistic').map((s) => s.name);
      expect(Object.keys(scope.statistics).toSorted()).toEqual(statistics.toSorted());
      const none = createScope({ keeps: false });
      layer.forward(p, tf.tensor(x, fullShape), TRAIN, none).dispose();
      scope.dispose();
      tf.dispose([grads, p, along]);
      expect(tf.memory().numTensors).toBe(before);
    });
  });
}

interface Run {
  y: Float32Array;
  shape: number[];
  dx: Float32Array;
  grads: Arrays;
  tangent: Float32Array | null;
}

/** ||a - b|| / ||b|| below `tolerance`; where b is zero, ||a|| is. */
export function near(a: Float32Array, b: Float32Array, tolerance: number): void {
  expect(a.length).toBe(b.length);
  const distance = norm(a.map((value, i) => value - b[i]!));
  expect(distance).toBeLessThanOrEqual(tolerance * (norm(b) || 1));
}

const array = (t: Tensor): Float32Array => t.dataSync<'float32'>().slice();
const arrays = (of: Grads): Arrays => Object.fromEntries(Object.entries(of).map(([key, t]) => [key, array(t)]));
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const norm = (a: Float32Array): number => Math.sqrt(dot(a, a));
const step = (a: Float32Array, along: Float32Array, h: number): Float32Array => a.map((v, i) => v + h * along[i]!);
/** So that a small step crosses no kink. */
const awayFromZero = (a: Float32Array): Float32Array => a.map((v) => v + 0.05 * Math.sign(v));

function values(key: string, shape: readonly number[]): Float32Array {
  const random = keyedRandom(1, key, 0, 0);
  return Float32Array.from({ length: shape.reduce((n, size) => n * size, 1) }, () => 2 * random() - 1);
}

/** Weights around their usual size; variances positive; slopes of PReLU on both sides of 0 and of 1. */
function parameter(key: string, shape: readonly number[]): Float32Array {
  const drawn = values(key, shape);
  if (key.endsWith('running_var')) return drawn.map((v) => 1.5 + v);
  return shape.length > 1 ? drawn.map((v) => v * 0.4) : drawn.map((v) => 0.5 + v);
}
