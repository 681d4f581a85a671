import { OptionError } from '../../pipeline/errors.ts';
import type { Roc } from './roc.ts';

/**
 * TAR at a FAR: the largest share of genuine scores accepted while at most `far` of the impostor scores are.
 *
 * In plain words: the strict reading. A threshold between scores is never invented, and the false accept rate is never
 * exceeded; with 3,000 impostors and FAR 1e-3 three of them may pass.
 *
 * @param far in [0, 1]
 */
export function tarAtFar(curve: Roc, far: number): number {
  if (!(far >= 0 && far <= 1)) throw new OptionError('tarAtFar', 'far', 'in [0, 1]', far);
  let best = 0;
  for (let i = 0; i < curve.far.length && curve.far[i]! <= far; i++) best = curve.tar[i]!;
  return best;
}
