import { openOnnx, type OnnxSession } from '../../pipeline/engine/onnx.ts';
import { FormatError } from '../../pipeline/errors.ts';
import { readFile } from '../../pipeline/files/read.ts';
import { sha256 } from '../../pipeline/manifest.ts';
import type { Pixels } from '../../pipeline/pixels.ts';
import { DETECTORS, detections, detectorKind, type Detection, type DetectorKind } from './detections.ts';
import { resize } from './resize.ts';

/** A larger picture is brought down to this side: faces fill photographs, and time goes by pixels. */
const LONGEST = 640;
const STEP = 32;

/** A face detector from an ONNX file: YuNet or SCRFD, with five points. */
export class FaceDetector {
  readonly kind: DetectorKind;
  /** What was found, for people. */
  readonly recognised: string;
  /** Of the file. */
  readonly sha256: string;
  readonly #session: OnnxSession;

  private constructor(session: OnnxSession, facts: Pick<FaceDetector, 'kind' | 'recognised' | 'sha256'>) {
    this.#session = session;
    this.kind = facts.kind;
    this.recognised = facts.recognised;
    this.sha256 = facts.sha256;
  }

  /**
   * Opens a detector, and looks at nothing once to see which it is.
   *
   * @throws EngineError where onnxruntime-node is missing; FileError; FormatError where it is neither YuNet nor SCRFD with points
   */
  static async open(path: string): Promise<FaceDetector> {
    const session = await openOnnx(path);
    try {
      const shape = session.shape;
      const expected = 'a detector, YuNet or SCRFD with five points, that takes pictures of any size';
      if (shape.length !== 4 || shape[1] !== 3 || shape[2]! > 0 || shape[3]! > 0)
        throw new FormatError(path, undefined, expected, shape);
      const outputs = await session.all(new Float32Array(3 * 64 * 64), [1, 3, 64, 64]);
      const kind = detectorKind(outputs);
      if (kind === undefined) throw new FormatError(path, undefined, expected, session.outputs.join(', '));
      return new FaceDetector(session, {
        kind,
        recognised: `${path}: ${DETECTORS[kind].name}, by its outputs`,
        sha256: sha256(await readFile(path)),
      });
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** The faces of a photograph, best first, in its pixels. */
  async detect(image: Pixels): Promise<Detection[]> {
    const scale = Math.min(1, LONGEST / Math.max(image.height, image.width));
    const [height, width] = [image.height, image.width].map((side) => Math.max(1, Math.round(side * scale))) as [number, number]; // prettier-ignore
    const small = { height, width, data: new Uint8Array(height * width * 3) };
    resize(image, small, 'area');
    const { values, size } = planes(small, this.kind);
    const outputs = await this.#session.all(values, [1, 3, ...size]);
    const [byX, byY] = [image.width / width, image.height / height];
    return detections(this.kind, outputs, size).map(({ score, left, top, right, bottom, points }) => ({
      score,
      left: left * byX,
      top: top * byY,
      right: right * byX,
      bottom: bottom * byY,
      points: points.map((value, i) => value * (i % 2 ? byY : byX)),
    }));
  }

  /**
   * The face a photograph is of: large and near its middle; undefined where there is none.
   *
   * Source: insightface's `scrfd.py`: area less twice the squared way from the middle.
   */
  async detectOne(image: Pixels): Promise<Detection | undefined> {
    const worth = ({ left, top, right, bottom }: Detection): number => {
      const [x, y] = [(left + right - image.width) / 2, (top + bottom - image.height) / 2];
      return (right - left) * (bottom - top) - 2 * (x * x + y * y);
    };
    return (await this.detect(image)).toSorted((a, b) => worth(b) - worth(a))[0];
  }

  dispose(): void {
    void this.#session.close();
  }
}

/** The picture as the network takes it, black at the right and below up to multiples of 32. */
function planes({ height, width, data }: Pixels, kind: DetectorKind): { values: Float32Array; size: [number, number] } {
  const { channels, mean, std } = DETECTORS[kind];
  const [rows, columns] = [height, width].map((side) => Math.ceil(side / STEP) * STEP) as [number, number];
  const values = new Float32Array(3 * rows * columns).fill((0 - mean) / std);
  for (let colour = 0; colour < 3; colour++) {
    const plane = (channels === 'rgb' ? colour : 2 - colour) * rows * columns;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        values[plane + y * columns + x] = (data[3 * (y * width + x) + colour]! - mean) / std;
  }
  return { values, size: [rows, columns] };
}
