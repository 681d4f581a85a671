import { FACTORS, type Factor } from '../../pipeline/items.ts';
import { VARIATION_CLASSES } from './classes.ts';

/** How many faces are labelled for one variation. */
export interface LabelCount {
  labelled: number;
  /** Faces without a label: they are left out of this variation, and only of it. */
  leftOut: number;
  /** Of each class. */
  classes: number[];
}

/**
 * Counts the labels of each variation, in a batch or a whole source, and the faces without one.
 *
 * ```ts
 * const { pose } = countLabels(batches[0]!.variation);
 * console.log(`pose: ${pose.labelled} labelled, ${pose.leftOut} left out`);
 * ```
 *
 * @param variation Labels by factor, -1 where a face has none; a factor that is absent labels nobody.
 * @param faces How many there are; default: as many as the longest list.
 */
export function countLabels(
  variation: Partial<Record<Factor, ArrayLike<number>>>,
  faces: number = Math.max(0, ...Object.values(variation).map(({ length }) => length)),
): Record<Factor, LabelCount> {
  const count = (factor: Factor): LabelCount => {
    const classes = new Array<number>(VARIATION_CLASSES[factor]).fill(0);
    const labels = Array.from(variation[factor] ?? []).filter((label) => label >= 0);
    for (const label of labels) classes[label]!++;
    return { labelled: labels.length, leftOut: faces - labels.length, classes };
  };
  return Object.fromEntries(FACTORS.map((factor) => [factor, count(factor)])) as Record<Factor, LabelCount>;
}
