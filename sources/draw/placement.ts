import type { Picture } from './picture.ts';
import type { Point } from './path.ts';

/** The five landmarks of an aligned face of 112 x 112 (ArcFace; insightface face_align.py): eyes, nose, mouth corners. */
const TEMPLATE: readonly Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];
const CENTRE: Point = [56, 56];

/**
 * Brings a head's own points into the picture of 112 x 112: as the similarity that takes its five landmarks nearest to
 * the template (least squares), then out of place as this picture is.
 *
 * @param half what lies between a pixel's corner, from which a drawing is measured, and its centre, from which landmarks are
 */
export function placed(
  landmarks: readonly Point[],
  placement: Picture['placement'],
  half: number,
): (p: Point) => Point {
  const from = mean(landmarks);
  const to = mean(TEMPLATE);
  let [along, across, spread] = [0, 0, 0];
  landmarks.forEach(([x, y], i) => {
    const [dx, dy] = [x - from[0], y - from[1]];
    const [tx, ty] = [TEMPLATE[i]![0] - to[0], TEMPLATE[i]![1] - to[1]];
    along += dx * tx + dy * ty;
    across += dx * ty - dy * tx;
    spread += dx * dx + dy * dy;
  });
  const turned = (by: Point, [x, y]: Point): Point => [by[0] * x - by[1] * y, by[1] * x + by[0] * y];
  const fit: Point = [along / spread, across / spread];
  const { scale, turn, shift } = placement;
  const out: Point = [scale * Math.cos(turn), scale * Math.sin(turn)];
  return ([x, y]) => {
    const aligned = turned(fit, [x - from[0], y - from[1]]);
    const moved = turned(out, [aligned[0] + to[0] - CENTRE[0], aligned[1] + to[1] - CENTRE[1]]);
    return [moved[0] + CENTRE[0] + shift[0] + half, moved[1] + CENTRE[1] + shift[1] + half];
  };
}

function mean(points: readonly Point[]): Point {
  return [
    points.reduce((sum, [x]) => sum + x, 0) / points.length,
    points.reduce((sum, [, y]) => sum + y, 0) / points.length,
  ];
}
