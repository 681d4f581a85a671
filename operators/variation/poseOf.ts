import { POSE_CLASSES } from '../../pipeline/items.ts';
import { ARCFACE_TEMPLATE } from '../image/align.ts';

/** How a head is turned, in degrees. */
export interface Pose {
  /** To the side, -90 to 90: above 0 the nose points to the image's right. */
  yaw: number;
  /** Up and down, -40 to 40: above 0 the nose points down. */
  pitch: number;
  /** In the image's plane, clockwise as seen. */
  roll: number;
  /** Share of the landmarks' spread that no turn of the mean face explains, 0 to 1. */
  residual: number;
}

const DEGREE = Math.PI / 180;
/** Distance of the pupils in mm: mean of adults (Dodgson, "Variation and extrema of human interpupillary distance", 2004). */
const PUPILS = 63;
/**
 * How far the nose's tip lies before the plane of eyes and mouth corners, in mm: of 15 to 40 (and -5 to 10 for the mouth's
 * corners) what leaves least unexplained of CFP's 2,000 profiles, as YuNet finds their landmarks.
 */
const NOSE = 30;
const MEAN_FACE = meanFace();
const MOST = { yaw: 90, pitch: 40 };
/** Degrees between the turns that are tried first, and where the search for the best ends. */
const STEP = { first: 10, last: 0.5 };

/**
 * How a head is turned, by its five landmarks.
 *
 * In plain words: a mean face is turned until, moved, scaled and rolled as well as can be, it lies on the landmarks.
 *
 * ```ts
 * const pose = poseOf(points); // undefined where the points coincide
 * const label = pose && poseLabel(pose.yaw); // 0..6, 3 looks straight ahead
 * ```
 *
 * Weak perspective, least squares: for each yaw and pitch the best similarity has a closed form (Umeyama 1991), so only two
 * angles are searched, over a grid and then by halved steps. The mean face: eyes, nose and mouth as the ArcFace template has
 * them, {@link PUPILS} mm between the pupils, the nose's tip {@link NOSE} mm in front. Detectors draw the hidden half of a
 * profile too near: their 90 degrees often look like 55.
 *
 * @param points Five x, y in pixels of any image: eye at image left, eye at image right, nose, mouth corners left, right.
 * @return undefined where the points coincide or are not finite.
 */
export function poseOf(points: ArrayLike<number>): Pose | undefined {
  const seen = centred(Array.from({ length: 5 }, (_, i) => [points[2 * i]!, points[2 * i + 1]!] as const));
  if (points.length !== 10 || seen === undefined) return undefined;
  let best = fit(0, 0, seen);
  const consider = (yaw: number, pitch: number): boolean => {
    if (Math.abs(yaw) > MOST.yaw || Math.abs(pitch) > MOST.pitch) return false;
    const next = fit(yaw, pitch, seen);
    if (next.residual >= best.residual) return false;
    best = next;
    return true;
  };
  for (let yaw = -MOST.yaw; yaw <= MOST.yaw; yaw += STEP.first)
    for (let pitch = -MOST.pitch; pitch <= MOST.pitch; pitch += STEP.first) consider(yaw, pitch);
  for (let step = STEP.first / 2; step >= STEP.last; step /= 2) {
    let moved = true;
    while (moved) {
      const { yaw, pitch } = best;
      moved = false;
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ] as const)
        // prettier-ignore
        moved = consider(yaw + dx * step, pitch + dy * step) || moved;
    }
  }
  return best;
}

/** The pose label of a yaw in degrees: the nearest of -90, -60 ... 90 as 0 to 6 (MvCoM, appendix A.3). */
export function poseLabel(yaw: number): number {
  const ahead = (POSE_CLASSES - 1) / 2;
  return Math.max(-ahead, Math.min(ahead, Math.round(yaw / 30))) + ahead;
}

/** How well the mean face lies on the points once it is so turned: the similarity is one complex number. */
function fit(yaw: number, pitch: number, seen: readonly (readonly [number, number])[]): Pose {
  const [cosYaw, sinYaw] = [Math.cos(yaw * DEGREE), Math.sin(yaw * DEGREE)];
  const [cosPitch, sinPitch] = [Math.cos(pitch * DEGREE), Math.sin(pitch * DEGREE)];
  const turned = MEAN_FACE.map(([x, y, z]) => {
    const towards = z * cosYaw - x * sinYaw;
    return [x * cosYaw + z * sinYaw, y * cosPitch + towards * sinPitch] as const;
  });
  let [along, across] = [0, 0];
  for (const [i, [x, y]] of centred(turned)!.entries()) {
    const [u, v] = seen[i]!;
    along += x * u + y * v;
    across += x * v - y * u;
  }
  const residual = Math.max(0, 1 - along * along - across * across);
  return { yaw, pitch, roll: Math.atan2(across, along) / DEGREE, residual };
}

/** The points about their middle, of spread 1; undefined where that is not possible. */
function centred(points: readonly (readonly [number, number])[]): (readonly [number, number])[] | undefined {
  const middle = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis]!, 0) / points.length);
  const moved = points.map(([x, y]) => [x - middle[0]!, y - middle[1]!] as const);
  const spread = Math.sqrt(moved.reduce((sum, [x, y]) => sum + x * x + y * y, 0));
  if (!(spread > 0 && spread < Infinity)) return undefined;
  return moved.map(([x, y]) => [x / spread, y / spread] as const);
}

/** x to the image's right, y down, z towards the camera, in mm: the template made symmetric, the nose in front. */
function meanFace(): (readonly [number, number, number])[] {
  const at = (i: number): readonly [number, number] => [ARCFACE_TEMPLATE[2 * i]!, ARCFACE_TEMPLATE[2 * i + 1]!];
  const scale = PUPILS / (at(1)[0] - at(0)[0]);
  const eyes = (at(0)[1] + at(1)[1]) / 2;
  const pair = (left: number, right: number): (readonly [number, number, number])[] => {
    const half = ((at(right)[0] - at(left)[0]) / 2) * scale;
    const down = ((at(left)[1] + at(right)[1]) / 2 - eyes) * scale;
    return [
      [-half, down, 0],
      [half, down, 0],
    ];
  };
  return [...pair(0, 1), [0, (at(2)[1] - eyes) * scale, NOSE], ...pair(3, 4)];
}
