import { FACTORS, type Batch } from '../../pipeline/items.ts';

/**
 * What residuals were like in one batch: 'residual.mean', 'residual.rms', 'residual.largest' (either way), and 'residual.<factor>.<class>', the
 * mean over the faces of that class of a variation, for those that the batch has labels of.
 *
 * In plain words: whether profiles get more margin than frontal faces, and so on.
 */
export function residualFigures(residuals: Float32Array, variation: Batch['variation']): Record<string, number> {
  const of = (rows: readonly number[]): number => rows.reduce((sum, row) => sum + residuals[row]!, 0) / rows.length;
  const classes = FACTORS.flatMap((factor) => {
    const rows = new Map<number, number[]>();
    for (const [row, label] of variation[factor].entries()) {
      if (label >= 0) rows.set(label, [...(rows.get(label) ?? []), row]);
    }
    const sorted = [...rows].toSorted(([a], [b]) => a - b);
    return sorted.map(([label, own]): [string, number] => [`residual.${factor}.${label}`, of(own)]);
  });
  const squares = residuals.reduce((sum, r) => sum + r * r, 0);
  return {
    'residual.mean': of([...residuals.keys()]),
    'residual.rms': Math.sqrt(squares / residuals.length),
    'residual.largest': residuals.reduce((most, r) => Math.max(most, Math.abs(r)), 0),
    ...Object.fromEntries(classes),
  };
}
