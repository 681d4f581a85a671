import { acos, add, clipByValue, cos, div, floor, mul, onesLike, sin, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { OptionError } from '../../pipeline/errors.ts';
import type { GradientMode, Margin } from './margin.ts';
import { loadOne, saveOne } from './oneNumber.ts';

/** lambda = max(least, start (1 + rate iteration)^-power) parts of plain cosine to one part of margin. All at least 0. */
export interface Annealing {
  /** Default 1000. */
  start?: number;
  /** Default 1e-4. The authors' Caffe release: 0.12. */
  rate?: number;
  /** Default 2. The authors' Caffe release: 1. */
  power?: number;
  /** Default 5. */
  least?: number;
}

export interface SphereFaceOptions {
  /** Scale of the cosines, above 0. Default 32. */
  s?: number;
  /** What the angle is multiplied by, in [1, 5]. Default 4. */
  m?: number;
  /** How the margin fades in, or false: in full from the start. */
  annealing?: Annealing | false;
  /**
   * 'exact' (default): cosines clamped to +-(1 - 1e-4), differentiated through, whole turns k taken as constant.
   * 'straightThrough': opensphere's characteristic gradient detachment, no clamp but inside the margin (1 - 1e-5), slope 1.
   */
  gradient?: GradientMode;
}

const CLAMP = 1e-4;
/** Of the cosine inside opensphere's margin. */
const INNER_CLAMP = 1e-5;

/**
 * SphereFace: the own class's logit is s psi(theta), psi = (-1)^k cos(m theta) - 2 k with k = floor(m theta / pi).
 *
 * In plain words: an embedding must be closer to its own centre than to any other by a factor. psi goes on falling past m
 * theta = pi, where the cosine would rise again. Since that is hard to begin with, the margin fades in: the target is (lambda
 * cos(theta) + psi) / (1 + lambda), and lambda falls from step to step.
 *
 * Liu et al., "SphereFace: Deep Hypersphere Embedding for Face Recognition" (2017), its A-Softmax loss; AdaFace paper,
 * Eq 2, which leaves out what comes beyond m theta = pi. Two forms are released. The defaults are the SV-X-Softmax
 * repository's: a whole m by its Chebyshev polynomial (the same function), a fixed scale where the paper has the embedding's
 * length, its annealing. opensphere's is `{ s: 30, m: 1.7, annealing: false, gradient: 'straightThrough' }`. The count of
 * iterations is state and is kept in the checkpoint; a step that calls `apply` counts once.
 *
 * @example
 * trainStep({ model, centres, margin: sphereFace({ m: 4, annealing: { rate: 0.12, power: 1 } }), optimiser, schedule });
 *
 * @throws OptionError where an option is outside its bounds
 */
export function sphereFace(options: SphereFaceOptions = {}): Margin {
  const { s = 32, m = 4, annealing = {}, gradient = 'exact' } = options;
  if (!(s > 0)) throw new OptionError('sphereFace', 's', 'above 0', s);
  if (!(m >= 1 && m <= 5)) throw new OptionError('sphereFace', 'm', 'in [1, 5]', m);
  const fade = annealing && { start: 1000, rate: 1e-4, power: 2, least: 5, ...annealing };
  for (const [name, value] of Object.entries(fade || {})) {
    if (!(value >= 0)) throw new OptionError('sphereFace', `annealing.${name}`, 'at least 0', value);
  }
  const exact = gradient === 'exact';
  let iteration = 0;

  return {
    name: 'sphereFace',
    needs: 'target',
    logits: 'cosine',
    scale: s,
    clamp: exact ? CLAMP : 0,
    apply: ({ cosTarget }) => {
      iteration++;
      const share = fade ? 1 / (1 + lambdaAt(fade, iteration)) : 1;
      return tidy(() => {
        const limit = 1 - (exact ? CLAMP : INNER_CLAMP);
        const { psi, slope } = fallingCosine(acos(clipByValue(cosTarget, -limit, limit)), m);
        const target: Tensor1D = add(mul(cosTarget, 1 - share), mul(psi, share));
        return { target, slope: exact ? (add(mul(slope, share), 1 - share) as Tensor1D) : onesLike(cosTarget) };
      });
    },
    ...(fade && {
      state: {
        save: () => ({ iteration: saveOne(iteration, 'count') }),
        load: (state) => {
          iteration = loadOne(state, 'iteration');
        },
        dispose: () => {
          iteration = 0;
        },
      },
    }),
  };
}

function lambdaAt({ start, rate, power, least }: Required<Annealing>, iteration: number): number {
  return Math.max(least, start * (1 + rate * iteration) ** -power);
}

/** psi of an angle in (0, pi), and its slope by the angle's cosine: (-1)^k m sin(m theta) / sin(theta). */
function fallingCosine(theta: Tensor1D, m: number): { psi: Tensor1D; slope: Tensor1D } {
  const wide: Tensor1D = mul(theta, m);
  const turns: Tensor1D = floor(mul(wide, 1 / Math.PI));
  const odd: Tensor1D = sub(turns, mul(floor(mul(turns, 0.5)), 2));
  const sign: Tensor1D = sub(1, mul(odd, 2));
  return {
    psi: sub(mul(sign, cos(wide)), mul(turns, 2)),
    slope: div(mul(mul(sign, sin(wide)), m), sin(theta)),
  };
}
