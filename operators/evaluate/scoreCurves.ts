import { OptionError } from '../../pipeline/errors.ts';
import { partitionPoint } from '../maths/partitionPoint.ts';
import type { SortedScores } from '../maths/tarAtFars.ts';
import type { RocCurve } from './rocCurve.ts';

/** How scores of both kinds are spread: shares of their own kind in bins of equal width, the first from `from` on. */
export interface ScoreHistogram {
  from: number;
  width: number;
  genuine: number[];
  impostors: number[];
}

/** Points a decade of FAR, and bins over all scores. */
const PER_DECADE = 8;
const BINS = 80;

/**
 * FARs spread evenly over a log axis, from the smallest that so many impostors can measure, one among all of them, to 1.
 *
 * ```ts
 * console.log(farsOf(1000).length); // 25: eight a decade, and both ends
 * ```
 */
export function farsOf(impostors: number): number[] {
  const decades = Math.ceil(Math.log10(impostors) - 1e-9);
  const all = Array.from({ length: decades * PER_DECADE + 1 }, (_, i) => 10 ** (i / PER_DECADE - decades));
  return all.filter((far) => far * impostors >= 1 - 1e-9);
}

/**
 * What a picture needs of millions of scores: TAR at FARs that are not exceeded, evenly over a log axis, and a histogram.
 *
 * ```ts
 * const scores = { genuine: Float64Array.of(0.3, 0.9), impostors: Float64Array.of(0.1, 0.5) };
 * console.log(scoreCurves(scores).roc.tar.at(-1)); // 1
 * ```
 *
 * @throws OptionError where one kind of score is missing
 */
export function scoreCurves({ genuine, impostors }: SortedScores): { roc: RocCurve; histogram: ScoreHistogram } {
  const [own, others] = [genuine.length, impostors.length];
  if (own === 0 || others === 0)
    throw new OptionError('scoreCurves', 'scores', 'of both kinds', `${own} genuine and ${others} impostor scores`);
  const far = farsOf(others);
  const tar = far.map((rate) => {
    // So many may pass; the next one may not, nor whoever scores as high as that.
    const most = Math.floor(rate * others + 1e-9);
    if (most >= others) return 1;
    const next = impostors[others - 1 - most]!;
    return 1 - partitionPoint(genuine, (score) => score <= next) / own;
  });
  const from = Math.min(genuine[0]!, impostors[0]!);
  const width = (Math.max(genuine.at(-1)!, impostors.at(-1)!) - from) / BINS || 1;
  const shares = (scores: Float64Array): number[] => {
    const counts = new Array<number>(BINS).fill(0);
    for (let i = 0; i < scores.length; i++) counts[Math.min(BINS - 1, Math.floor((scores[i]! - from) / width))]! += 1;
    return counts.map((count) => count / scores.length);
  };
  return { roc: { far, tar }, histogram: { from, width, genuine: shares(genuine), impostors: shares(impostors) } };
}
