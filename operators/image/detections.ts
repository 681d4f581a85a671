import { OptionError } from '../../pipeline/errors.ts';

/** One output of a network, by name. */
export interface NamedOutput {
  name: string;
  values: Float32Array;
  shape: readonly number[];
}

/** A face that a detector found, in pixels of the picture it was given. */
export interface Detection {
  /** In [0, 1]. */
  score: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** Five x, y: eye at image left, eye at image right, nose, mouth corners left, right. */
  points: Float32Array;
}

/** The detectors that are understood, with what they take. */
export const DETECTORS = {
  /** libfacedetection's YuNet: BGR bytes as they are. */
  yunet: { name: 'YuNet', channels: 'bgr', mean: 0, std: 1, least: 0.6, overlap: 0.3 },
  /** insightface's SCRFD with points: RGB, (v - 127.5) / 128. */
  scrfd: { name: 'SCRFD', channels: 'rgb', mean: 127.5, std: 128, least: 0.5, overlap: 0.4 },
} as const;
export type DetectorKind = keyof typeof DETECTORS;

const STRIDES = [8, 16, 32];
/** Boxes that SCRFD looks at from each place. */
const ANCHORS = 2;

/**
 * Which detector it is, by its outputs: YuNet names them cls_8 to kps_32, SCRFD has nine, of widths 1, 4 and 10 three each.
 *
 * ```ts
 * detectorKind([{ name: 'cls_8' }, { name: 'out' }]); // undefined
 * ```
 */
export function detectorKind(
  outputs: readonly { name: string; shape?: readonly number[] }[],
): DetectorKind | undefined {
  const names = new Set(outputs.map(({ name }) => name));
  if (STRIDES.every((stride) => ['cls', 'obj', 'bbox', 'kps'].every((part) => names.has(`${part}_${stride}`))))
    return 'yunet';
  const widths = outputs.map(({ shape }) => shape?.at(-1));
  if (outputs.length === 9 && [1, 4, 10].every((width) => widths.filter((own) => own === width).length === 3))
    return 'scrfd';
  return undefined;
}

/**
 * The faces in what YuNet or SCRFD put out, best first, of those that overlap only the best.
 *
 * Sources: OpenCV's FaceDetectorYN (`face_detect.cpp`) for YuNet, Wu et al., "YuNet" (2023); insightface's `scrfd.py`, Guo et al., "Sample
 * and computation redistribution for efficient face detection" (2021).
 *
 * @param size [height, width] of what went in, multiples of 32
 * @throws OptionError where outputs are not as long as that size asks for
 */
export function detections(
  kind: DetectorKind,
  outputs: readonly NamedOutput[],
  size: readonly [number, number],
): Detection[] {
  const { least, overlap } = DETECTORS[kind];
  const found = (kind === 'yunet' ? yunet : scrfd)(outputs, size, least);
  const kept: Detection[] = [];
  for (const one of found.toSorted((a, b) => b.score - a.score))
    if (kept.every((better) => shared(one, better) <= overlap)) kept.push(one);
  return kept;
}

function yunet(
  outputs: readonly NamedOutput[],
  [height, width]: readonly [number, number],
  least: number,
): Detection[] {
  return STRIDES.flatMap((stride) => {
    const [rows, columns] = [height / stride, width / stride];
    const part = (name: string, wide: number): Float32Array =>
      checked(
        outputs.find((output) => output.name === `${name}_${stride}`)!,
        rows * columns * wide,
      );
    const [classes, objects, boxes, points] = [part('cls', 1), part('obj', 1), part('bbox', 4), part('kps', 10)];
    const found: Detection[] = [];
    for (let at = 0; at < rows * columns; at++) {
      const score = Math.sqrt(share(classes[at]!) * share(objects[at]!));
      if (score < least) continue;
      const [column, row] = [at % columns, Math.floor(at / columns)];
      const [x, y] = [(column + boxes[4 * at]!) * stride, (row + boxes[4 * at + 1]!) * stride];
      const [halfWidth, halfHeight] = [2, 3].map((i) => (Math.exp(boxes[4 * at + i]!) * stride) / 2) as [
        number,
        number,
      ];
      found.push({
        score,
        left: x - halfWidth,
        top: y - halfHeight,
        right: x + halfWidth,
        bottom: y + halfHeight,
        points: Float32Array.from({ length: 10 }, (_, i) => (points[10 * at + i]! + (i % 2 ? row : column)) * stride),
      });
    }
    return found;
  });
}

function scrfd(
  outputs: readonly NamedOutput[],
  [height, width]: readonly [number, number],
  least: number,
): Detection[] {
  /** Outputs of one width, from the finest stride to the coarsest, however they are ordered. */
  const sorted = (wide: number): NamedOutput[] =>
    outputs.filter(({ shape }) => shape.at(-1) === wide).toSorted((a, b) => b.values.length - a.values.length);
  const [scores, boxes, points] = [sorted(1), sorted(4), sorted(10)];
  return STRIDES.flatMap((stride, level) => {
    const columns = width / stride;
    const places = (height / stride) * columns * ANCHORS;
    const [score, box, point] = [checked(scores[level]!, places), checked(boxes[level]!, places * 4), checked(points[level]!, places * 10)]; // prettier-ignore
    const found: Detection[] = [];
    for (let at = 0; at < places; at++) {
      if (score[at]! < least) continue;
      const cell = Math.floor(at / ANCHORS);
      const [x, y] = [(cell % columns) * stride, Math.floor(cell / columns) * stride];
      const side = (i: number): number => box[4 * at + i]! * stride;
      found.push({
        score: score[at]!,
        left: x - side(0),
        top: y - side(1),
        right: x + side(2),
        bottom: y + side(3),
        points: Float32Array.from({ length: 10 }, (_, i) => point[10 * at + i]! * stride + (i % 2 ? y : x)),
      });
    }
    return found;
  });
}

function checked({ name, values }: NamedOutput, length: number): Float32Array {
  if (values.length !== length) throw new OptionError('detector', `output ${name}`, `of ${length} numbers`, values);
  return values;
}

const share = (value: number): number => Math.min(1, Math.max(0, value));

/** Intersection over union. */
function shared(a: Detection, b: Detection): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const area = ({ left, top, right, bottom }: Detection): number => (right - left) * (bottom - top);
  return (width * height) / (area(a) + area(b) - width * height);
}
