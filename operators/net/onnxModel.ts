import { firstOperations } from '../../pipeline/bytes/onnxGraph.ts';
import { openOnnx, type OnnxSession } from '../../pipeline/engine/onnx.ts';
import { FormatError, OptionError, ShapeError } from '../../pipeline/errors.ts';
import { readFile } from '../../pipeline/files/read.ts';
import { sha256 } from '../../pipeline/manifest.ts';
import type { Architecture } from './iresnet.ts';

/** How a network takes its pixels: (v - mean) / std for a byte v, mean and std in the order red, green, blue. */
export interface OnnxInput {
  channels: 'rgb' | 'bgr';
  mean: readonly [number, number, number];
  std: readonly [number, number, number];
}

const RANGES: Record<string, Pick<OnnxInput, 'mean' | 'std'>> = {
  '-1..1': { mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
  '0..1': { mean: [0, 0, 0], std: [255, 255, 255] },
  '0..255': { mean: [0, 0, 0], std: [1, 1, 1] },
  imagenet: { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] },
};

/**
 * 'rgb:-1..1' and the like as numbers: rgb or bgr, and the range, -1..1, 0..1, 0..255 or imagenet (ImageNet's mean and deviation).
 *
 * @throws OptionError where it is none of these
 */
export function onnxInput(text: string): OnnxInput {
  const [channels, range = ''] = text.split(/:(.*)/s);
  if ((channels !== 'rgb' && channels !== 'bgr') || !Object.hasOwn(RANGES, range)) {
    throw new OptionError('onnx', 'input', `rgb or bgr, a colon, and one of ${Object.keys(RANGES).join(', ')}`, text);
  }
  return { channels, ...RANGES[range]! };
}

/** A face recogniser from an ONNX file, whoever trained it. It embeds; it cannot be trained. */
export class OnnxModel {
  readonly architecture: Pick<Architecture, 'size' | 'embedding'>;
  readonly input: OnnxInput;
  /** What was found, and what was assumed. */
  readonly recognised: string;
  /** Of the file. */
  readonly sha256: string;
  readonly #session: OnnxSession;
  /** The network takes channels before rows, [N, 3, H, W], as PyTorch's do; else [N, H, W, 3]. */
  readonly #planes: boolean;

  private constructor(
    session: OnnxSession,
    facts: Pick<OnnxModel, 'architecture' | 'input' | 'recognised' | 'sha256'>,
  ) {
    this.#session = session;
    this.#planes = session.shape[1] === 3;
    this.architecture = facts.architecture;
    this.input = facts.input;
    this.recognised = facts.recognised;
    this.sha256 = facts.sha256;
  }

  /**
   * Opens an ONNX recogniser and embeds nothing once, to see that it does and how long its embeddings are.
   *
   * An ONNX file does not say how its pixels are meant. Without `input` they are RGB, and as insightface decides it: bytes as they
   * are where the graph begins by subtracting and multiplying, else brought to -1..1.
   *
   * @param input as `onnxInput` takes it: 'bgr:0..1'
   * @throws EngineError, FileError, FormatError; OptionError for another `input`
   */
  static async open(path: string, input?: string): Promise<OnnxModel> {
    const given = input === undefined ? undefined : onnxInput(input);
    const session = await openOnnx(path);
    try {
      const { shape, outputs } = session;
      const place = shape.length === 4 ? [1, 3].find((axis) => shape[axis] === 3) : undefined;
      if (place === undefined) throw new FormatError(path, undefined, 'an input [N, 3, H, W] or [N, H, W, 3]', shape);
      const [h, w] = place === 1 ? shape.slice(2) : shape.slice(1, 3);
      const size: [number, number] = [h! > 0 ? h! : 112, w! > 0 ? w! : 112];
      const bytes = await readFile(path);
      const range = given === undefined ? rangeOf(bytes, path) : undefined;
      const known = { input: given ?? onnxInput(`rgb:${range}`), sha256: sha256(bytes) };
      const facts = { ...known, recognised: '', architecture: { size, embedding: 1 } };
      const one = await new OnnxModel(session, facts).embed(new Uint8Array(size[0] * size[1] * 3), 1);
      const how = range === undefined ? `as ${input}` : `RGB in ${range}, assumed (--input says otherwise)`;
      const first = outputs.length > 1 ? `, output ${outputs[0]} of ${outputs.join(', ')}` : '';
      const recognised = `${path}: an ONNX network, ${size.join('x')} pixels ${how}, embedding ${one.length}${first}`;
      return new OnnxModel(session, { ...facts, recognised, architecture: { size, embedding: one.length } });
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /**
   * Faces to un-normalised embeddings [n x D]. A network whose batch is of a fixed size is given so many at a time.
   *
   * @param pixels [n, H, W, 3] RGB
   * @throws ShapeError where the pixels are not n faces of the network's size
   */
  async embed(pixels: Uint8Array, n: number): Promise<Float32Array> {
    const [h, w] = this.architecture.size;
    const each = h * w * 3;
    if (pixels.length !== n * each) throw new ShapeError('onnx', `[${n} x ${h} x ${w} x 3]`, [pixels.length]);
    const [fixed = -1] = this.#session.shape;
    const count = fixed > 0 ? fixed : n;
    const parts: Float32Array[] = [];
    for (let from = 0; from < n; from += count) {
      const faces = Math.min(count, n - from);
      const values = new Float32Array(count * each);
      this.#normalise(pixels.subarray(from * each, (from + faces) * each), values);
      const shape = this.#planes ? [count, 3, h, w] : [count, h, w, 3];
      const { values: out } = await this.#session.run(values, shape);
      parts.push(out.slice(0, (out.length / count) * faces));
    }
    const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  dispose(): void {
    void this.#session.close();
  }

  #normalise(pixels: Uint8Array, into: Float32Array): void {
    const [h, w] = this.architecture.size;
    const area = h * w;
    const { channels, mean, std } = this.input;
    for (let colour = 0; colour < 3; colour++) {
      const table = Float32Array.from({ length: 256 }, (_, v) => (v - mean[colour]!) / std[colour]!);
      const channel = channels === 'rgb' ? colour : 2 - colour;
      for (let face = 0; face * area * 3 < pixels.length; face++) {
        const from = face * area * 3;
        for (let i = 0; i < area; i++) {
          const at = this.#planes ? from + channel * area + i : from + 3 * i + channel;
          into[at] = table[pixels[from + 3 * i + colour]!]!;
        }
      }
    }
  }
}

/** insightface, python-package/insightface/model_zoo/arcface_onnx.py: MXNet's networks normalise within their first 8 nodes. */
function rangeOf(bytes: Uint8Array, path: string): '0..255' | '-1..1' {
  const first = firstOperations(bytes, path, 8);
  return first.includes('Sub') && first.some((name) => name === 'Mul' || name === 'Div') ? '0..255' : '-1..1';
}
