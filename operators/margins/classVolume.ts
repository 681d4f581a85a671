import { gather, onesLike, sub, tensor1d, tidy, type Tensor1D } from '@tensorflow/tfjs-core';
import { OptionError } from '../../pipeline/errors.ts';
import type { Margin } from './margin.ts';

/** 'raw': alpha / n^(1/4). 'maxnorm': that, scaled so that the rarest class has alpha. They agree where the rarest has one image. */
export type VolumeMode = 'raw' | 'maxnorm';

export interface ClassVolumeOptions {
  /** Images of each class of the training set, whole numbers of at least 1. */
  counts: ArrayLike<number>;
  /** Scale of the cosines, above 0. Default 64. */
  s?: number;
  /** At least 0. Default 0.45. */
  alpha?: number;
  /** Default 'raw'. */
  mode?: VolumeMode;
  /** 'cosine' (default): s (cos - m). 'logit': s cos - m, the paper's equations read to the letter, where m is next to nothing. */
  units?: 'cosine' | 'logit';
}

/** As CosFace's. */
const CLAMP = 1e-4;

/**
 * The class-volume margin: the own class's logit is s (cos(theta) - alpha / n^(1/4)), n the images of that class.
 *
 * In plain words: people with few images have to be told apart by more, since the network sees them rarely. With 57 images
 * the margin is 0.164, with 500 it is 0.095.
 *
 * "Learning to Learn across Diverse Data Biases in Deep Face Recognition" (MvCoM), Eq 7, alpha 0.45, after LDAM (Cao et al. 2019),
 * whose code has 'maxnorm'. It is what MvCoM's residuals are added to.
 *
 * @example
 * trainStep({ model, centres, margin: classVolume({ counts: [57, 500], s: 32 }), schedule });
 *
 * @throws OptionError where an option is outside its bounds
 */
export function classVolume(options: ClassVolumeOptions): Margin {
  const { counts, s = 64, alpha = 0.45, mode = 'raw', units = 'cosine' } = options;
  if (!(s > 0)) throw new OptionError('classVolume', 's', 'above 0', s);
  if (!(alpha >= 0)) throw new OptionError('classVolume', 'alpha', 'at least 0', alpha);
  if (units !== 'cosine' && units !== 'logit') {
    throw new OptionError('classVolume', 'units', "'cosine' or 'logit'", units);
  }
  const margins = volumeMargins('classVolume', counts, alpha, mode);
  return {
    ...byClass('classVolume', s, units === 'logit' ? margins.map((m) => m / s) : margins),
    ...(units === 'logit' && { marginScale: 1 }),
  };
}

/**
 * One margin a class by its number of images.
 *
 * @param stage whom an error names
 * @throws OptionError where a count is no whole number of at least 1 or the mode is unknown
 */
export function volumeMargins(stage: string, counts: ArrayLike<number>, alpha: number, mode: VolumeMode): Float32Array {
  if (mode !== 'raw' && mode !== 'maxnorm') throw new OptionError(stage, 'mode', "'raw' or 'maxnorm'", mode);
  checkCounts(stage, counts);
  const shares = Float64Array.from(counts, (n) => n ** -0.25);
  const unit = mode === 'raw' ? 1 : shares.reduce((most, share) => Math.max(most, share), 0);
  return Float32Array.from(shares, (share) => (alpha * share) / unit);
}

/** @throws OptionError where they are none, or one is no whole number of at least 1 */
export function checkCounts(stage: string, counts: ArrayLike<number>): void {
  const wrong = Array.from(counts).find((n) => !(Number.isInteger(n) && n >= 1));
  if (counts.length === 0 || wrong !== undefined) {
    throw new OptionError(stage, 'counts', 'whole numbers of at least 1, one a class', wrong ?? []);
  }
}

/** A margin over cosines that is one constant a class. */
export function byClass(name: string, scale: number, margins: Float32Array): Margin {
  return {
    name,
    needs: 'target',
    logits: 'cosine',
    scale,
    clamp: CLAMP,
    apply: ({ cosTarget, labels }) =>
      tidy(() => {
        const target: Tensor1D = sub(cosTarget, gather(tensor1d(margins), labels));
        return { target, slope: onesLike(cosTarget) };
      }),
  };
}
