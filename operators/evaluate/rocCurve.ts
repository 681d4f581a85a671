import { roc } from '../maths/roc.ts';
import { tarAtFar } from '../maths/tarAtFar.ts';
import type { PairScores } from './pairScores.ts';

/** TAR by FAR, both fractions; FAR ascending. */
export interface RocCurve {
  far: number[];
  tar: number[];
}

/** Points a decade of FAR. */
const PER_DECADE = 8;
const DECADES = 4;

/**
 * The ROC of a protocol's pairs as a picture needs it: TAR at FARs spread evenly over a log axis, 1e-4 to 1.
 *
 * In plain words: thirty-odd points instead of thousands. It begins at the smallest FAR that its impostors can measure,
 * one among all of them; the TAR of each point is that at the FAR not exceeded.
 *
 * @example
 * rocCurve(scores).tar.at(-1); // 1: at FAR 1 everybody is accepted
 *
 * @throws OptionError if there is only one kind of pair
 */
export function rocCurve({ distances, same }: PairScores): RocCurve {
  const curve = roc(
    distances.map((distance) => -distance),
    same,
  );
  const impostors = same.reduce((sum, genuine) => sum + 1 - genuine, 0);
  const far = Array.from({ length: DECADES * PER_DECADE + 1 }, (_, i) => 10 ** (i / PER_DECADE - DECADES)).filter(
    (rate) => rate * impostors >= 1,
  );
  return { far, tar: far.map((rate) => tarAtFar(curve, rate)) };
}
