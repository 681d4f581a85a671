import {
  add,
  addN,
  div,
  dispose,
  keep,
  minimum,
  mul,
  scalar,
  sqrt,
  square,
  sub,
  sum,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { OptionError } from '../../pipeline/errors.ts';
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

/** Numbers of one update as tensors, made once for all parameters. */
export interface Rates {
  learningRate: Scalar;
  momentum: Scalar;
  weightDecay: Scalar;
  /** The clip's factor in (0, 1], where there is a clip. */
  clip?: Scalar;
}

/**
 * One parameter's step as PyTorch's SGD takes it: d = g + decay w, v = momentum v + d, w - learningRate v.
 *
 * Nothing given is consumed: a pseudo-update that keeps the old weights is the same call.
 *
 * @param velocity absent before the first step, where v = d
 * @param decayed whether weight decay acts on this parameter
 */
export function descend(
  weight: Tensor,
  gradient: Tensor,
  velocity: Tensor | undefined,
  rates: Rates,
  decayed: boolean,
): { weight: Tensor; velocity: Tensor } {
  return tidy(() => {
    const terms = [rates.clip ? mul(gradient, rates.clip) : gradient];
    if (decayed) terms.push(mul(weight, rates.weightDecay));
    if (velocity) terms.push(mul(velocity, rates.momentum));
    const next = terms.length > 1 ? addN(terms) : terms[0]!.clone();
    return { weight: sub(weight, mul(next, rates.learningRate)), velocity: next };
  });
}

/** With what was left to the update of rows done: a norm needs it. */
function wholeGradients(grads: Grads, groups: readonly (ParamGroup | RowGroup)[]): Grads {
  for (const group of groups) {
    if (!('table' in group) || !group.along) continue;
    const across = grads[group.name]!;
    grads[group.name] = tidy(() => sub(across, mul(group.rows, group.along!)));
    dispose([across, group.along]);
    group.along = undefined;
  }
  return grads;
}

/** L2 norm of all gradients together, as a tensor. */
export function gradientNorm(grads: Grads): Scalar {
  return tidy(() => sqrt(addN(Object.values(grads).map((g) => sum(square(g))))) as Scalar);
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
  /**
   * Replaces parameters and velocities in place, old tensors disposed, new ones kept. Gradients are consumed; a parameter without
   * one stays as it is. Returns the norm before clipping, where there is a clip: the caller's.
   */
  update(groups: readonly (ParamGroup | RowGroup)[], grads: Grads, learningRate: number): { gradientNorm?: Scalar };
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

  const optimiser: Sgd = {
    velocity: {},
    tables: {},
    update: (groups, grads, learningRate) =>
      tidy(() => {
        const norm = clipNorm === undefined ? undefined : gradientNorm(wholeGradients(grads, groups));
        const rates: Rates = {
          learningRate: scalar(learningRate),
          momentum: scalar(momentum),
          weightDecay: scalar(weightDecay),
          ...(norm && { clip: minimum(div(clipNorm!, add(norm, 1e-6)), 1) as Scalar }),
        };
        for (const group of groups) {
          if ('table' in group) {
            const { name, role, table } = group;
            const velocity = (optimiser.tables[name] ??= rowTable(...table.shape));
            const gradient = grads[name] as Tensor2D;
            const bounded: Tensor2D = rates.clip ? mul(gradient, rates.clip) : gradient;
            descendRows(group, bounded, velocity, rates, weightDecay > 0 && decays(decay, role));
            continue;
          }
          const { params, specs } = group;
          for (const { name, role } of specs) {
            const gradient = grads[name];
            if (!gradient) continue;
            const { velocity } = optimiser;
            const old = { weight: params[name]!, velocity: velocity[name] };
            const next = descend(old.weight, gradient, old.velocity, rates, weightDecay > 0 && decays(decay, role));
            params[name] = keep(next.weight);
            velocity[name] = keep(next.velocity);
            // At once: three copies of a large network do not have to fit.
            dispose([old.weight, gradient, ...(old.velocity ? [old.velocity] : [])]);
          }
        }
        return norm ? { gradientNorm: norm } : {};
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
