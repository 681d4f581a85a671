/** Rotation, scale and shift: x' = a x - b y + x0, y' = b x + a y + y0. */
export interface Similarity {
  a: number;
  b: number;
  x0: number;
  y0: number;
}

/**
 * The similarity without reflection that brings points nearest to others, by least squares.
 *
 * In plain words: turn, scale and shift one set of points until it lies as well as it can on the other.
 *
 * In two dimensions the similarities without reflection are a linear family, so Umeyama's answer (1991, eqs 40-42)
 * needs no singular value decomposition.
 *
 * ```ts
 * similarity([0, 0, 2, 0], [1, 1, 1, 3]); // { a: 0, b: 1, x0: 1, y0: 1 }: a quarter turn, then a shift
 * ```
 *
 * @param from x, y of each point.
 * @param to x, y of where each should go; as many.
 * @return undefined where the points coincide or are not finite: then nothing is determined.
 */
export function similarity(from: ArrayLike<number>, to: ArrayLike<number>): Similarity | undefined {
  const count = from.length / 2;
  let fromX = 0;
  let fromY = 0;
  let toX = 0;
  let toY = 0;
  for (let i = 0; i < from.length; i += 2) {
    fromX += from[i]! / count;
    fromY += from[i + 1]! / count;
    toX += to[i]! / count;
    toY += to[i + 1]! / count;
  }
  let spread = 0;
  let along = 0;
  let across = 0;
  for (let i = 0; i < from.length; i += 2) {
    const x = from[i]! - fromX;
    const y = from[i + 1]! - fromY;
    const u = to[i]! - toX;
    const v = to[i + 1]! - toY;
    spread += x * x + y * y;
    along += x * u + y * v;
    across += x * v - y * u;
  }
  const a = along / spread;
  const b = across / spread;
  if (!(spread > 0) || !Number.isFinite(a + b)) return undefined;
  return { a, b, x0: toX - a * fromX + b * fromY, y0: toY - b * fromX - a * fromY };
}

/** The similarity that undoes `s`; undefined where `s` brings everything to one point. */
export function inverse(s: Similarity): Similarity | undefined {
  const scale = s.a * s.a + s.b * s.b;
  if (!(scale > 0)) return undefined;
  const a = s.a / scale;
  const b = -s.b / scale;
  return { a, b, x0: -a * s.x0 + b * s.y0, y0: -b * s.x0 - a * s.y0 };
}

/** Where `s` brings points; x, y of each. */
export function transform(s: Similarity, points: ArrayLike<number>): Float32Array {
  const out = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    out[i] = s.a * points[i]! - s.b * points[i + 1]! + s.x0;
    out[i + 1] = s.b * points[i]! + s.a * points[i + 1]! + s.y0;
  }
  return out;
}
