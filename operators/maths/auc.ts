import type { Roc } from './roc.ts';

/**
 * Area under a ROC curve by the trapezoidal rule, in [0, 1].
 *
 * In plain words: how often a genuine score beats an impostor score, ties counting half (Mann and Whitney's U, scaled).
 */
export function auc(curve: Roc): number {
  let area = 0;
  for (let i = 1; i < curve.far.length; i++) {
    area += ((curve.far[i]! - curve.far[i - 1]!) * (curve.tar[i]! + curve.tar[i - 1]!)) / 2;
  }
  return area;
}
