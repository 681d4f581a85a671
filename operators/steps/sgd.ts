import { add, addN, div, dispose, keep, minimum, mul, sqrt, square, sub, sum, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { OptionError } from '../../pipeline/errors.ts';
import { descend, type Rates } from '../net/kernels/descend.ts';
import { rowTable, type RowTable } from '../net/kernels/rowTable.ts';
import type { Grads, ParamSpec } from '../net/layer.ts';
import { descendRows, type RowGroup } from './descendRows.ts';

/**
 * Which parameters shrink: 'adaface' all but batch norm's, as its repository does; 'weights' only those of convolutions, linear
 * layers and class centres; 'all' every one, as insightface does.
 */
export type Decay = 'adaface' | 'weights' | 'all';

export interface SgdOptions {
  /** In [0, 1). Default 0.9. */
  momentum?: number;
  /** At least 0. Default 5e-4. */
  weightDecay?: number;
  /** Default 'adaface'. */
  decay?: Decay;
  /** Largest L2 norm of all gradients together, class centres included; above 0. Absent: no bound, and the norm is not computed. */
  clipNorm?: number;
}

const DECAYED: Record<Decay, ReadonlySet<ParamSpec['role']>> = {
  adaface: new Set(['weight', 'bias', 'prelu']),
  weights: new Set(['weight']),
  all: new Set(['weight', 'bias', 'prelu', 'norm']),
};

/** True where weight decay acts on a parameter of this role. */
export function decays(decay: Decay, role: ParamSpec['role']): boolean {
  return DECAYED[decay].has(role);
}

/** L2 norm of all gradients together, as a tensor. */
export function gradientNorm(grads: Grads): Scalar {
  return tidy(() => sqrt(addN(Object.values(grads).map((g) => sum(square(g))))) as Scalar);
}

/** Makes the gradients of rows whole, which a norm is of: what lies along them is not left to their update. */
function makeWhole(grads: Grads, groups: readonly (ParamGroup | RowGroup)[]): void {
  for (const group of groups) {
    if (!('table' in group) || !group.along) continue;
    const across = grads[group.name]!;
    grads[group.name] = tidy(() => sub(across, mul(group.rows, group.along!)));
    dispose([across, group.along]);
    group.along = undefined;
  }
}

/** A set of parameters with what they are. */
export interface ParamGroup {
  params: Record<string, Tensor>;
  specs: readonly Pick<ParamSpec, 'name' | 'role'>[];
}

export interface Sgd {
  /** v by parameter name, empty before the first update; the optimiser's own. */
  velocity: Record<string, Tensor>;
  /** v of tables, alike. */
  tables: Record<string, RowTable>;
  /** Whether it bounds the length of all gradients together. */
  readonly bounded: boolean;
  /**
   * Replaces parameters and velocities in place, old tensors disposed, new ones kept. Gradients are consumed; a parameter without
   * one stays as it is. Returns the norm before clipping, where there is a clip: the caller's.
   */
  update(groups: readonly (ParamGroup | RowGroup)[], grads: Grads, learningRate: number): { gradientNorm?: Scalar };
  /**
   * The parameters that an update would come to, as new tensors, the caller's; nothing changes and nothing is consumed. `clip` is the
   * factor in (0, 1] that bounding the gradient would multiply it by, where there is a bound.
   */
  preview(
    groups: readonly ParamGroup[],
    grads: Grads,
    learningRate: number,
  ): { params: Record<string, Tensor>; clip?: Scalar };
  dispose(): void;
}

/**
 * Stochastic gradient descent with momentum, weight decay by group and an optional bound on the gradient's length, exactly as PyTorch
 * computes it: v = momentum v + (g + decay w), w = w - rate v; clipping multiplies all gradients by min(1, clipNorm / (norm + 1e-6))
 * before decay. Nothing is read back.
 *
 * @throws OptionError where an option is outside its bounds
 */
export function sgd(options: SgdOptions = {}): Sgd {
  const { momentum = 0.9, weightDecay = 5e-4, decay = 'adaface', clipNorm } = options;
  if (!(momentum >= 0 && momentum < 1)) throw new OptionError('sgd', 'momentum', 'in [0, 1)', momentum);
  if (!(weightDecay >= 0)) throw new OptionError('sgd', 'weightDecay', 'at least 0', weightDecay);
  if (!(decay in DECAYED)) throw new OptionError('sgd', 'decay', "'adaface', 'weights' or 'all'", decay);
  if (clipNorm !== undefined && !(clipNorm > 0)) throw new OptionError('sgd', 'clipNorm', 'above 0', clipNorm);

  const normOf = (grads: Grads): Scalar | undefined => (clipNorm === undefined ? undefined : gradientNorm(grads));
  const clipOf = (norm: Scalar): Scalar => minimum(div(clipNorm!, add(norm, 1e-6)), 1);
  /** The rates of one update, for a parameter of each role. */
  const ratesWith = (clip: Scalar | undefined, learningRate: number): ((role: ParamSpec['role']) => Rates) => {
    return (role) => ({
      learningRate,
      momentum,
      weightDecay: decays(decay, role) ? weightDecay : 0,
      ...(clip && { clip }),
    });
  };

  const optimiser: Sgd = {
    velocity: {},
    tables: {},
    bounded: clipNorm !== undefined,
    update: (groups, grads, learningRate) =>
      tidy(() => {
        if (clipNorm !== undefined) makeWhole(grads, groups);
        const norm = normOf(grads);
        const ratesOf = ratesWith(norm && clipOf(norm), learningRate);
        for (const group of groups) {
          if ('table' in group) {
            const velocity = (optimiser.tables[group.name] ??= rowTable(...group.table.shape));
            descendRows(group, grads[group.name] as Tensor2D, velocity, ratesOf(group.role));
            continue;
          }
          const { params, specs } = group;
          for (const { name, role } of specs) {
            const gradient = grads[name];
            if (!gradient) continue;
            const { velocity } = optimiser;
            const old = { weight: params[name]!, velocity: velocity[name] };
            const next = descend(old.weight, gradient, old.velocity, ratesOf(role));
            params[name] = keep(next.weight);
            velocity[name] = keep(next.velocity);
            // At once: three copies of a large network do not have to fit.
            dispose([old.weight, gradient, ...(old.velocity ? [old.velocity] : [])]);
          }
        }
        return norm ? { gradientNorm: norm } : {};
      }),
    preview: (groups, grads, learningRate) =>
      tidy(() => {
        const norm = normOf(grads);
        const clip = norm && clipOf(norm);
        const ratesOf = ratesWith(clip, learningRate);
        const next: Record<string, Tensor> = {};
        for (const { params, specs } of groups) {
          for (const { name, role } of specs) {
            const gradient = grads[name];
            if (!gradient) continue;
            const { weight, velocity } = descend(params[name]!, gradient, optimiser.velocity[name], ratesOf(role));
            velocity.dispose();
            next[name] = weight;
          }
        }
        return { params: next, ...(clip && { clip }) };
      }),
    dispose() {
      dispose(optimiser.velocity);
      optimiser.velocity = {};
      for (const table of Object.values(optimiser.tables)) table.dispose();
      optimiser.tables = {};
    },
  };
  return optimiser;
}
