import { add, div, dispose, grad, grads, mul, sub, tidy, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { relativeStep, shifted } from './difference.ts';
import type { Grads, Layer, Mode, Params, ParamSpec, Scope } from './layer.ts';
import { accumulate } from './tangents.ts';

export interface AutodiffOptions {
  /** What the function learns, by name. It keeps no running statistics. */
  params: readonly ParamSpec[];
  /** Of parameters and x [N, ...] in ops that tfjs can differentiate once; the same twice for the same arguments. All parameters take part. */
  forward: (p: Params, x: Tensor, mode: Mode) => Tensor;
  /** Shape out, without N, for a shape in; throws ShapeError. */
  outShape: (inShape: readonly number[]) => number[];
}

/** Share of the weights that the tangent's difference moves by. */
const SHARE = 1e-4;

/**
 * Any function of the tfjs API as a layer: gradients by its tape, tangents by a one-sided difference.
 *
 * In plain words: what somebody has written with tfjs takes part in every training step here, the meta step included. Its tape
 * cannot be walked twice, so each backward runs the function again, and a tangent costs one forward more and has some 0.3 % of error.
 *
 * ```ts
 * const fc: ParamSpec = {
 *   name: 'fc.weight',
 *   shape: [3072, 8],
 *   layout: { kind: 'linear', map: [32, 32, 3] },
 *   role: 'weight',
 *   init: { kind: 'kaimingFanOut', fanOut: 8 },
 * };
 * const network = autodiff({
 *   params: [fc],
 *   outShape: () => [8],
 *   forward: (p, x) => dot(reshape(x, [-1, 3072]), p['fc.weight']!),
 * });
 * const own = modelAround(network, { name: 'own', size: [32, 32], seed: 7 });
 * from(batches).pipe(trainStep({ model: own, centres, margin: cosFace({ s: 16 }), schedule })).subscribe();
 * ```
 *
 * tfjs has to know the gradients of its ops, as it does on the native engine or where all of @tensorflow/tfjs is imported; they are
 * tfjs's own, and on the wasm engine that of maxPool is wrong.
 */
export function autodiff(options: AutodiffOptions): Layer {
  return new Autodiff(options);
}

class Autodiff implements Layer {
  readonly params: readonly ParamSpec[];
  readonly #options: AutodiffOptions;
  readonly #modes = new WeakMap<Scope, Mode>();

  constructor(options: AutodiffOptions) {
    this.params = options.params;
    this.#options = options;
  }

  outShape(inShape: readonly number[]): number[] {
    return this.#options.outShape(inShape);
  }

  forward(p: Params, x: Tensor, mode: Mode, scope: Scope): Tensor {
    const y = tidy(() => this.#options.forward(p, x, mode).clone());
    this.#modes.set(scope, mode);
    scope.save(this, { x, y: y.clone() });
    return y;
  }

  backward(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): Tensor {
    const { x } = this.#kept(scope);
    const dx = tidy(() => grad((at) => this.#at(p, at, scope))(x, dy));
    this.backwardParams(p, dy, scope, into, keep);
    return dx;
  }

  backwardParams(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): void {
    const { x } = this.#kept(scope);
    const names = this.params.map(({ name }) => name);
    if (into !== null && names.length > 0) {
      const values = names.map((name) => p[name]!);
      const f = (...of: Tensor[]): Tensor => this.#at(Object.fromEntries(names.map((name, i) => [name, of[i]!])), x, scope); // prettier-ignore
      const slopes = tidy(() => grads(f)(values, dy));
      for (const [i, name] of names.entries()) accumulate(into, name, slopes[i]!);
    }
    dy.dispose();
    if (!keep) scope.free(this);
  }

  jvp(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope): Tensor {
    const { x, y } = this.#kept(scope);
    const tangent = tidy(() => {
      const moving = this.params.filter(({ name }) => pdot[name] !== undefined);
      if (xdot === null && moving.length === 0) return zerosLike(y);
      const [here, along] = [
        { ...p, [INPUT]: x },
        { ...pdot, ...(xdot && { [INPUT]: xdot }) },
      ];
      const h = relativeStep(here, along, [...moving, { name: INPUT, role: 'weight' }], SHARE);
      const there = shifted(p, pdot, h);
      return div(sub(this.#at(there, xdot ? add(x, mul(xdot, h)) : x, scope), y), h);
    });
    if (xdot !== null) dispose(xdot);
    return tangent;
  }

  /** The function again, as it was called when the scope was filled. */
  #at(p: Params, x: Tensor, scope: Scope): Tensor {
    return this.#options.forward(p, x, this.#modes.get(scope)!);
  }

  #kept(scope: Scope): { x: Tensor; y: Tensor } {
    return scope.read(this) as { x: Tensor; y: Tensor };
  }
}

/** What x is called among the parameters; no parameter is. */
const INPUT = ' input';
