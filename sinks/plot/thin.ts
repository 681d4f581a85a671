/** Some neighbouring points as one: their mean, and how far they reach. */
export interface ThinPoint {
  /** Mean of the x. */
  x: number;
  mean: number;
  low: number;
  high: number;
}

/**
 * A long row of points made short enough to draw: neighbours become one, in groups of equal size.
 *
 * In plain words: a picture 600 pixels wide shows no more than a few hundred points, however many steps a run had. Means
 * make the line, the least and the greatest of each group the band around it.
 *
 * @example
 * thin([[1, 4], [2, 6], [3, 5]], 2); // [{ x: 1.5, mean: 5, low: 4, high: 6 }, { x: 3, mean: 5, low: 5, high: 5 }]
 *
 * @param points x ascending; all finite
 * @param most points wanted at most, at least 1
 */
export function thin(points: readonly (readonly [x: number, y: number])[], most: number): ThinPoint[] {
  const size = Math.ceil(points.length / most);
  const groups = size === 0 ? 0 : Math.ceil(points.length / size);
  return Array.from({ length: groups }, (_, i) => {
    const group = points.slice(i * size, (i + 1) * size);
    const ys = group.map(([, y]) => y);
    return { x: mean(group.map(([x]) => x)), mean: mean(ys), low: Math.min(...ys), high: Math.max(...ys) };
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
