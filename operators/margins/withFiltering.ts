import { cast, lessEqual, mul, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { OptionError } from '../../pipeline/errors.ts';
import type { Margin } from './margin.ts';

export interface FilteringOptions {
  /** Cosines to other classes above it count as 0. In (0, 1]; insightface's recipes have 0.4. */
  threshold: number;
}

/**
 * Inter-class filtering over a margin: other classes closer than a threshold count as if they were far away.
 *
 * In plain words: in data with label noise, a face that lies very near another person's centre may well be that person. Such
 * a cosine becomes 0, an angle of 90 degrees, before the margin sees it, and gets no gradient; the rest keeps its own.
 *
 * insightface, `CombinedMarginLoss` of arcface_torch (there over ArcFace and CosFace; CVLface has it over AdaFace). The own
 * class is never filtered, and which classes are counts as a constant.
 *
 * @example
 * trainStep({ model, centres, margin: withFiltering(arcFace(), { threshold: 0.4 }), optimiser, schedule });
 *
 * @param margin any margin over cosines; its state goes on being its own
 * @throws OptionError where the threshold is outside its bounds or the margin is over inner products
 */
export function withFiltering(margin: Margin, { threshold }: FilteringOptions): Margin {
  if (!(threshold > 0 && threshold <= 1)) throw new OptionError('withFiltering', 'threshold', 'in (0, 1]', threshold);
  if (margin.logits !== 'cosine') throw new OptionError('withFiltering', 'margin', 'one over cosines', margin.name);
  return {
    ...margin,
    needs: 'all',
    apply: (input) =>
      tidy(() => {
        const kept: Tensor2D = cast(lessEqual(input.cos!, threshold), 'float32');
        const logits: Tensor2D = mul(input.cos!, kept);
        const bent = margin.apply({ ...input, cos: logits });
        const negatives = bent.negatives
          ? { ...bent.negatives, slopes: mul(bent.negatives.slopes, kept) as Tensor2D }
          : { logits, slopes: kept };
        return { ...bent, negatives };
      }),
  };
}
