import type { Fault } from '../pipeline/contracts.ts';
import { OptionError, RxfaceError } from '../pipeline/errors.ts';
import type { Sample } from '../pipeline/items.ts';
import type { Pixels } from '../pipeline/pixels.ts';
import type { Result, Work, WorkContext } from '../pipeline/work.ts';
import { align } from './image/align.ts';
import { loadDecoder } from './image/decode.ts';
import type { Decode } from './image/decode.ts';
import { flip, flipPoints } from './image/flip.ts';
import { resize } from './image/resize.ts';
import { hashKey } from './maths/keyedRandom.ts';

/** What `prepare` makes of encoded faces. */
export interface PrepareOptions {
  /** [height, width] of the faces that leave. Default [112, 112]. */
  size?: readonly [number, number];
  augment?: {
    /** Chance of a mirrored face, in [0, 1]. Default 0. */
    flip?: number;
  };
}

interface Settings {
  height: number;
  width: number;
  flip: number;
}

/**
 * Prepares encoded faces for the network: decodes, aligns or resizes, augments.
 *
 * In plain words: bytes go in, faces of one size come out; a face that cannot be made becomes a fault that says why.
 *
 * ```ts
 * graph('train', { seed: 7 })
 *   .source('shards', recordIO('data/train.rec'), { epochs: 20, shuffle: 'full' })
 *   .pipe('prepare', workers('rxface/operators/prepare', { threads: 2, augment: { flip: 0.5 } }), { capacity: 512 });
 * ```
 *
 * A sample with five landmarks is aligned to the ArcFace template, one without is resized. What leaves has `pixels`
 * and `size`, no `bytes`, and its `points` in pixels of the prepared face. The flip is keyed by (seed, 'flip', epoch,
 * position): the same faces come out of any number of threads, in chunks of any size. Each face fills an ArrayBuffer of its
 * own, so that it leaves its thread by transfer.
 *
 * @param options Checked as {@link PrepareOptions}; others are refused.
 * @return Works on a chunk: at once where all are ordinary JPEGs, else as a promise.
 * @throws OptionError
 */
export async function setup(
  options: Readonly<Record<string, unknown>>,
  context: WorkContext,
): Promise<Work<Sample, Sample>> {
  const settings = check(options, context.stage);
  const decode = await loadDecoder();
  const one = (sample: Sample): Result<Sample> | Promise<Result<Sample>> => {
    const finish = (image: Pixels): Result<Sample> => ({ value: place(sample, image, settings, context.seed) });
    const broken = (error: unknown): Result<Sample> => ({ fault: faultOf(sample, error, context.stage) });
    try {
      const image = picture(sample, decode);
      return image instanceof Promise ? image.then(finish).catch(broken) : finish(image);
    } catch (error) {
      return broken(error);
    }
  };
  return (chunk) => {
    const results = chunk.map(one);
    return results.every(isDone) ? results : Promise.all(results);
  };
}

function isDone(result: Result<Sample> | Promise<Result<Sample>>): result is Result<Sample> {
  return !(result instanceof Promise);
}

/** The image a sample brings: encoded, or already as pixels. */
function picture(sample: Sample, decode: Decode): Pixels | Promise<Pixels> {
  if (sample.bytes !== undefined) return decode(sample.bytes);
  const { pixels, size } = sample;
  if (pixels === undefined || size === undefined || pixels.length !== size[0] * size[1] * 3) {
    throw new RxfaceError('has neither bytes nor pixels of their size');
  }
  return { height: size[0], width: size[1], data: pixels };
}

/** Aligns or resizes `image` to a face in a buffer of its own, and augments it there. */
function place(sample: Sample, image: Pixels, { height, width, flip: chance }: Settings, seed: number): Sample {
  const { bytes: _, points, ...rest } = sample;
  const face = { height, width, data: new Uint8Array(height * width * 3) };
  let placed: Float32Array | undefined;
  if (points === undefined) resize(image, face);
  else placed = align(image, points, face);
  if (hashKey(seed, 'flip', sample.epoch, sample.position) < chance * 2 ** 32) {
    flip(face);
    placed &&= flipPoints(placed, width);
  }
  const prepared: Sample = { ...rest, pixels: face.data, size: [height, width] };
  if (placed !== undefined) prepared.points = placed;
  return prepared;
}

/**
 * Only what a record's bytes can cause is a fault; a mistake of the program is not the record's.
 * Of the file only the record's name is known here: the graph puts the archive and the byte in its place.
 */
function faultOf(sample: Sample, error: unknown, stage: string): Fault {
  if (!(error instanceof RxfaceError)) throw error;
  return { stage, file: sample.id, index: sample.index, reason: error.message };
}

function check(options: Readonly<Record<string, unknown>>, stage: string): Settings {
  const { size = [112, 112], augment = {}, ...unknown } = options as PrepareOptions;
  refuseUnknown(unknown, '', 'size or augment', stage);
  const whole = (side: unknown): boolean => Number.isInteger(side) && (side as number) >= 1 && (side as number) <= 4096;
  if (!Array.isArray(size) || size.length !== 2 || !size.every(whole)) {
    throw new OptionError(stage, 'size', '[height, width], each a whole number in [1, 4096]', size);
  }
  if (typeof augment !== 'object' || augment === null) {
    throw new OptionError(stage, 'augment', 'an object such as { flip: 0.5 }', augment);
  }
  const { flip: chance = 0, ...others } = augment;
  refuseUnknown(others, 'augment.', 'flip', stage);
  if (!(chance >= 0 && chance <= 1)) throw new OptionError(stage, 'augment.flip', 'a chance in [0, 1]', chance);
  return { height: size[0], width: size[1], flip: chance };
}

function refuseUnknown(rest: object, prefix: string, known: string, stage: string): void {
  const [name] = Object.keys(rest);
  if (name !== undefined)
    throw new OptionError(stage, prefix + name, `left out: only ${known} is known`, Reflect.get(rest, name));
}
