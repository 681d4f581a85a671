import { mul, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { OptionError } from '../../pipeline/errors.ts';
import { hashKey } from '../maths/keyedRandom.ts';
import type { Grads, Layer, Mode, Params, ParamSpec, Scope } from './layer.ts';
import { given } from './tangents.ts';

/**
 * Inverted dropout, element by element: in training each value is zeroed with probability `rate`, the rest divided by
 * 1 - rate; else the identity. The mask is a function of (seed, name, iteration): the same on every engine, in every run.
 */
export class Dropout implements Layer {
  readonly params: readonly ParamSpec[] = [];
  readonly #name: string;
  readonly #rate: number;

  /** @param rate in [0, 1) */
  constructor(name: string, { rate }: { rate: number }) {
    if (!(rate >= 0 && rate < 1)) throw new OptionError(name, 'rate', 'a number in [0, 1)', rate);
    this.#name = name;
    this.#rate = rate;
  }

  outShape(inShape: readonly number[]): number[] {
    return [...inShape];
  }

  forward(_p: Params, x: Tensor, mode: Mode, scope: Scope): Tensor {
    if (!mode.train || this.#rate === 0) {
      scope.save(this, {});
      return x;
    }
    const mask = tensor(dropoutMask(x.size, this.#rate, hashKey(mode.seed, this.#name, mode.step, 0)), x.shape);
    const y = mul(x, mask);
    x.dispose();
    scope.save(this, { mask });
    return y;
  }

  backward(_p: Params, dy: Tensor, scope: Scope, _into: Grads | null, keep: boolean): Tensor {
    const dx = this.#masked(dy, scope);
    if (!keep) scope.free(this);
    return dx;
  }

  jvp(_p: Params, xdot: Tensor | null, _pdot: Params, scope: Scope): Tensor {
    return this.#masked(given(xdot, this.#name), scope);
  }

  /** Consumes `x`. */
  #masked(x: Tensor, scope: Scope): Tensor {
    const mask = scope.read(this)['mask'];
    if (mask === undefined) return x;
    const y = mul(x, mask);
    x.dispose();
    return y;
  }
}

/**
 * `size` values, 0 with probability `rate`, else 1 / (1 - rate).
 * A counter hashed under `key` (Wellons, "Prospecting for hash functions", 2018: lowbias32), one word a value.
 */
export function dropoutMask(size: number, rate: number, key: number): Float32Array {
  const mask = new Float32Array(size);
  const limit = Math.round(rate * 0x8000_0000);
  const kept = 1 / (1 - rate);
  for (let i = 0; i < size; i++) {
    let hash = (Math.imul(i, 0x9e3779b1) + key) | 0;
    hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
    // The sign of the difference, not a branch: no processor foresees a random one.
    mask[i] = kept * (1 + ((((hash ^ (hash >>> 16)) >>> 1) - limit) >> 31));
  }
  return mask;
}
