import type { Measures } from './identity.ts';
import type { Point } from './path.ts';

type Place = readonly [number, number, number];

/**
 * Slices through the middle head, from crown (-1) over the eyes (0) to the chin (1): half width, where the widest place
 * lies front to back, and the depths before and behind it. Each slice is two half ellipses.
 */
const SLICES: readonly (readonly [height: number, width: number, middle: number, front: number, back: number])[] = [
  [-1, 0, -0.2, 0, 0],
  [-0.94, 0.46, -0.2, 0.52, 0.6],
  [-0.8, 0.78, -0.18, 0.86, 0.98],
  [-0.5, 0.97, -0.15, 1.1, 1.22],
  [-0.25, 1, -0.13, 1.12, 1.26],
  [0, 0.98, -0.1, 1.04, 1.24],
  [0.2, 0.985, -0.08, 1.04, 1.05],
  [0.4, 0.93, -0.05, 1.05, 0.75],
  [0.6, 0.83, 0.04, 0.98, 0.42],
  [0.76, 0.68, 0.2, 0.81, 0.26],
  [0.89, 0.46, 0.42, 0.57, 0.16],
  [0.97, 0.22, 0.58, 0.36, 0.08],
  [1, 0, 0.64, 0.14, 0],
];
const HEIGHTS = SLICES.map(([height]) => height);
/** The head turns about here. */
const PIVOT: Place = [0, 0.4, -0.2];
/** How far the camera stands off. */
const CAMERA = 9;

export interface Pose {
  /** Radians; positive turns the face to the image's right. */
  yaw: number;
  /** Radians; positive looks up. */
  pitch: number;
}

/** A head in three dimensions, turned and seen: places on it become points of the picture. */
export interface Head {
  pose: Pose;
  /** Where a place of space is seen. */
  see(place: Place): Point;
  /** A place on the front of the face, lifted off it by `lift`. */
  place(x: number, y: number, lift?: number): Place;
  /** see(place(x, y, lift)). */
  at(x: number, y: number, lift?: number): Point;
  /** How squarely the face shows itself at x, y: 1 seen straight, 0 edge on, below 0 hidden. */
  facing(x: number, y: number): number;
  /** The outermost point of the slice at height y, at image left (-1) or right (1), pushed out by `swell`. */
  edge(y: number, side: -1 | 1, swell?: number): Point;
  /** The point of the slice at y, `turn` of the way round its front from the face's image-right (0) to -left (1); kept on the seen side. */
  around(y: number, turn: number, swell?: number): Point;
  /** Half width of the face at height y. */
  width(y: number): number;
}

/** @param put where the picture has a point of the head's own plane */
export function headOf(measures: Measures, pose: Pose, put: (point: Point) => Point = (point) => point): Head {
  const [sinYaw, cosYaw, sinPitch, cosPitch] = [
    Math.sin(pose.yaw),
    Math.cos(pose.yaw),
    Math.sin(pose.pitch),
    Math.cos(pose.pitch),
  ];
  const onPlane = ([x, y, z]: Place): Point => {
    const depth = z - PIVOT[2];
    const across = x * cosYaw + depth * sinYaw;
    const towards = depth * cosYaw - x * sinYaw;
    const down = y - PIVOT[1];
    const size = 1 / (1 - (down * sinPitch + towards * cosPitch) / CAMERA);
    return [across * size, PIVOT[1] + (down * cosPitch - towards * sinPitch) * size];
  };
  const see = (where: Place): Point => put(onPlane(where));
  const slice = slicer(measures);
  const place = (x: number, y: number, lift = 0): Place => {
    const { width, middle, front } = slice(y);
    const beside = width > 0 ? Math.min(1, Math.abs(x) / width) : 1;
    return [x, y, middle + front * Math.sqrt(1 - beside * beside) + lift];
  };
  const at = (x: number, y: number, lift = 0): Point => see(place(x, y, lift));
  const rim = (y: number, angle: number, swell: number): Point => {
    const { width, middle, front, back } = slice(y);
    const deep = Math.sin(angle);
    const out = 1 + swell;
    return see([width * out * Math.cos(angle), y < 0 ? y * out : y, middle + (deep >= 0 ? front : back) * out * deep]);
  };
  const edgeAngle = (y: number, side: -1 | 1): number => {
    const { width, front, back } = slice(y);
    const depth = side * sinYaw >= 0 ? front : back;
    const angle = Math.atan2(side * depth * sinYaw, side * width * cosYaw);
    return angle < -Math.PI / 2 ? angle + 2 * Math.PI : angle;
  };
  return {
    pose,
    see,
    place,
    at,
    facing: (x, y) => {
      const step = 0.03;
      const [here, right, below] = [onPlane(place(x, y)), onPlane(place(x + step, y)), onPlane(place(x, y + step))];
      const area = (right[0] - here[0]) * (below[1] - here[1]) - (right[1] - here[1]) * (below[0] - here[0]);
      return area / (step * step);
    },
    edge: (y, side, swell = 0) => rim(y, edgeAngle(y, side), swell),
    around: (y, turn, swell = 0) =>
      rim(y, Math.min(edgeAngle(y, -1), Math.max(edgeAngle(y, 1), turn * Math.PI)), swell),
    width: (y) => slice(y).width,
  };
}

interface Slice {
  width: number;
  middle: number;
  front: number;
  back: number;
}

/** The slices of a person's head, by height. */
function slicer(measures: Measures): (y: number) => Slice {
  const chin = measures.chinWidth * Math.sqrt(measures.jawWidth);
  // A person's widths act where they are named and fade into each other.
  const widths = new Map([
    [-1, measures.foreheadWidth],
    [-0.35, measures.foreheadWidth],
    [0.15, measures.cheekWidth],
    [0.66, measures.jawWidth],
    [0.92, chin],
    [1, measures.chinWidth],
  ]);
  const heights = [...widths.keys()];
  const factors = [...widths.values()];
  const between = (rows: readonly number[], height: number): [number, number] => {
    let above = 0;
    while (above < rows.length - 2 && rows[above + 1]! <= height) above += 1;
    return [above, (height - rows[above]!) / (rows[above + 1]! - rows[above]!)];
  };
  return (y) => {
    const height = Math.max(-1, Math.min(1, y < 0 ? y / measures.crownHeight : y / measures.chinHeight));
    const [row, share] = between(HEIGHTS, height);
    const [at, part] = between(heights, height);
    const [low, high] = [SLICES[row]!, SLICES[row + 1]!];
    const factor = factors[at]! + (factors[at + 1]! - factors[at]!) * part;
    return {
      width: (low[1] + (high[1] - low[1]) * share) * measures.headWidth * factor,
      middle: low[2] + (high[2] - low[2]) * share + Math.max(0, height) * measures.chinForward,
      front: low[3] + (high[3] - low[3]) * share,
      back: low[4] + (high[4] - low[4]) * share,
    };
  };
}
