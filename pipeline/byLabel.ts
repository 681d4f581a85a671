import { OptionError } from './errors.ts';
import type { Sampled } from './sampler.ts';

/** The indexes of a source by their labels: those of label c are `indexes[starts[c]]` to before `indexes[starts[c + 1]]`, ascending. */
export interface ByLabel {
  /** Labels there may be: one more than the largest. */
  classes: number;
  starts: Int32Array;
  indexes: Int32Array;
}

/**
 * Sorts the indexes of a source by label, those of nobody (-1) left out. 4 bytes an index and 4 a class.
 *
 * @param stage who asks
 * @throws OptionError where the source knows no labels
 */
export function byLabel(stage: string, { name, labels }: Sampled): ByLabel {
  if (labels === undefined) throw new OptionError(stage, 'source', 'one that knows whose each image is', name);
  const classes = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  const starts = new Int32Array(classes + 1);
  for (const label of labels) if (label >= 0) starts[label + 1]!++;
  for (let c = 0; c < classes; c++) starts[c + 1]! += starts[c]!;
  const indexes = new Int32Array(starts[classes]!);
  const next = starts.slice();
  labels.forEach((label, index) => {
    if (label >= 0) indexes[next[label]!++] = index;
  });
  return { classes, starts, indexes };
}

/** The indexes of every label, ascending; none for a label that does not occur. Views of one array. */
export function listsByLabel(stage: string, source: Sampled): Int32Array[] {
  const { classes, starts, indexes } = byLabel(stage, source);
  return Array.from({ length: classes }, (_, label) => indexes.subarray(starts[label], starts[label + 1]));
}
