export type Point = readonly [number, number];

/** A drawing's own units in a pixel of a face of 112: whole numbers of them are fine enough, and short and quick to write. */
export const UNITS = 20;

/** A length in pixels of a face of 112 as SVG text. */
export function n(pixels: number): string {
  return String(Math.round(pixels * UNITS));
}

/** A number of any other kind as SVG text, to a hundredth. */
export function hundredths(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/**
 * A smooth curve through points (Catmull and Rom's, as cubic Beziers); closed where it is an outline.
 * Each piece is written from where the last one ended: half the text, and the text is what costs the time.
 */
export function curve(points: readonly Point[], closed = false): string {
  const whole = points.map(([x, y]): Point => [Math.round(x * UNITS), Math.round(y * UNITS)]);
  const count = whole.length;
  const at = (i: number): Point => whole[closed ? (i + count) % count : Math.min(count - 1, Math.max(0, i))]!;
  let text = `M${at(0)[0]} ${at(0)[1]}c`;
  for (let i = 0; i < (closed ? count : count - 1); i += 1) {
    const [before, from, to, after] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const [x, y] = [to[0] - from[0], to[1] - from[1]];
    text += `${i > 0 ? ' ' : ''}${Math.round((to[0] - before[0]) / 6)} ${Math.round((to[1] - before[1]) / 6)} `;
    text += `${Math.round(x - (after[0] - from[0]) / 6)} ${Math.round(y - (after[1] - from[1]) / 6)} ${x} ${y}`;
  }
  return closed ? `${text}Z` : text;
}

/** Straight lines through points, closed. */
export function polygon(points: readonly Point[]): string {
  return `M${points.map(pair).join('L')}Z`;
}

/** Round dots of one size, drawn as the caps of strokes without length: short for many. */
export function dots(points: readonly Point[]): string {
  return points.map((point) => `M${pair(point)}h0`).join('');
}

function pair([x, y]: Point): string {
  return `${n(x)} ${n(y)}`;
}
