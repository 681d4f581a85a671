import { OptionError } from '../../pipeline/errors.ts';

/** Similarities by kind, each ascending. */
export interface SortedScores {
  genuine: Float64Array;
  impostors: Float64Array;
}

/** A point of a ROC curve; rates are fractions. */
export interface OperatingPoint {
  tar: number;
  /** The FAR met. */
  far: number;
  /** Scores at or above it are accepted; Infinity where none is. */
  threshold: number;
}

/**
 * 'atMost': the last point whose FAR does not exceed the target. 'nearest': the point whose FAR is nearest to the target, which it may
 * exceed, among those that scikit-learn's `roc_curve` keeps: how the released IJB scripts read the curve.
 */
export type FarMode = 'nearest' | 'atMost';

interface Counts {
  impostors: number;
  genuine: number;
  threshold: number;
}

/**
 * TAR at each of several FARs, of millions of scores: the curve is walked, never stored.
 *
 * ```ts
 * const scores = { genuine: Float64Array.of(0.3, 0.9), impostors: Float64Array.of(0.1, 0.5) };
 * console.log(tarAtFars(scores, [0.4], 'atMost')); // [{ tar: 0.5, far: 0, threshold: 0.9 }]
 * ```
 *
 * 'nearest' follows the scripts word for word: scikit-learn drops a point whose two differences, of both counts, equal those of
 * the next (`drop_intermediate`); of equally near points the one with the larger FAR counts, and of these the larger TAR.
 *
 * @throws OptionError where one kind of score is missing
 */
export function tarAtFars(scores: SortedScores, fars: readonly number[], mode: FarMode): OperatingPoint[] {
  const genuine = scores.genuine.length;
  const impostors = scores.impostors.length;
  if (genuine === 0 || impostors === 0)
    throw new OptionError(
      'tarAtFars',
      'scores',
      'of both kinds',
      `${genuine} genuine and ${impostors} impostor scores`,
    );
  const best = fars.map(() => ({ tar: 0, far: 0, threshold: Infinity }));
  const offer = (point: Counts): void => {
    const far = point.impostors / impostors;
    fars.forEach((target, i) => {
      const found = best[i]!;
      const better = mode === 'atMost' ? far <= target : Math.abs(far - target) <= Math.abs(found.far - target);
      if (better) best[i] = { tar: point.genuine / genuine, far, threshold: point.threshold };
    });
  };
  let [before, last]: (Counts | undefined)[] = [];
  for (const point of points(scores)) {
    // Whether a point stands is known once the next one is.
    if (last && (mode === 'atMost' || !before || !inLine(before, last, point))) offer(last);
    [before, last] = [last, point];
  }
  offer(last!);
  return best;
}

/** What is accepted as the threshold falls; equal scores make one point. */
function* points({ genuine, impostors }: SortedScores): Generator<Counts> {
  let [g, i] = [genuine.length, impostors.length];
  while (g > 0 || i > 0) {
    const threshold = Math.max(g > 0 ? genuine[g - 1]! : -Infinity, i > 0 ? impostors[i - 1]! : -Infinity);
    while (g > 0 && genuine[g - 1] === threshold) g--;
    while (i > 0 && impostors[i - 1] === threshold) i--;
    yield { impostors: impostors.length - i, genuine: genuine.length - g, threshold };
  }
}

function inLine(a: Counts, b: Counts, c: Counts): boolean {
  return b.impostors - a.impostors === c.impostors - b.impostors && b.genuine - a.genuine === c.genuine - b.genuine;
}
