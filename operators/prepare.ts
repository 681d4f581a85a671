import { OptionError, RxfaceError } from '../pipeline/errors.ts';
import type { Sample } from '../pipeline/items.ts';
import { unset } from '../pipeline/bytes/memory.ts';
import type { Pixels } from '../pipeline/pixels.ts';
import type { Result, Work, WorkContext } from '../pipeline/work.ts';
import { augment } from './augment/augment.ts';
import { gaussianBlur } from './augment/blur.ts';
import { throughSize } from './augment/rescale.ts';
import { augmentSettings } from './augment/settings.ts';
import type { AugmentOptions, AugmentSettings } from './augment/settings.ts';
import { damageOf, loadDecoder } from './image/decode.ts';
import type { Decode } from './image/decode.ts';
import { faceSize, isWhole, refuseUnknown } from './image/options.ts';
import { place } from './image/place.ts';

/** What `prepare` makes of encoded faces. */
export interface PrepareOptions {
  /** [height, width] of the faces that leave. Default [112, 112]. */
  size?: readonly [number, number];
  /** Height in pixels to which every face is reduced (area) before it is brought back to `size` (bicubic): how a test at low resolution is made. Default: not reduced. */
  reduce?: number;
  /** Side in pixels of the Gaussian kernel, odd and at least 3, with which every face is blurred: a test of blur. Default: not blurred. */
  blur?: number;
  /** Chances of augmentations. Default: none. */
  augment?: AugmentOptions;
}

interface Settings {
  height: number;
  width: number;
  reduce: number | undefined;
  blur: number | undefined;
  augment: AugmentSettings;
}

/**
 * Prepares encoded faces for the network: decodes, aligns or resizes, augments.
 *
 * In plain words: bytes go in, faces of one size come out; a face that cannot be made becomes a fault that says why.
 *
 * ```ts
 * graph('train', { seed: 7 })
 *   .source('shards', recordIO('data/train.rec'), { epochs: 20, shuffle: 'full' })
 *   .pipe('prepare', workers('rxface/operators/prepare', { threads: 2, augment: { flip: 0.5, crop: 0.2 } }), { capacity: 512 });
 * ```
 *
 * A sample with five landmarks is aligned to the ArcFace template, one without is resized. What leaves has `pixels`
 * and `size`, no `bytes`, and its `points` in pixels of the prepared face. Augmentations are keyed by (seed, name, epoch,
 * position): the same faces come out of any number of threads, in chunks of any size. The faces of a chunk lie in one
 * ArrayBuffer, which leaves its thread by transfer.
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
  const { height, width } = settings;
  const one = (sample: Sample, face: Pixels): Result<Sample> | Promise<Result<Sample>> => {
    const finish = (image: Pixels): Result<Sample> => ({ value: made(sample, image, face, settings, context.seed) });
    // Of the file only the record's name is known here: the graph puts the archive and the byte in its place.
    const broken = (error: unknown): Result<Sample> => ({
      fault: { stage: context.stage, file: sample.id, index: sample.index, reason: damageOf(error) },
    });
    try {
      const image = picture(sample, decode, face);
      return image instanceof Promise ? image.then(finish).catch(broken) : finish(image);
    } catch (error) {
      return broken(error);
    }
  };
  return (chunk) => {
    const length = height * width * 3;
    const faces = new Uint8Array(unset(chunk.length * length));
    const results = chunk.map((sample, i) =>
      one(sample, { height, width, data: faces.subarray(i * length, (i + 1) * length) }),
    );
    return results.every(isDone) ? results : Promise.all(results);
  };
}

function isDone(result: Result<Sample> | Promise<Result<Sample>>): result is Result<Sample> {
  return !(result instanceof Promise);
}

/** The image a sample brings: encoded, or already as pixels; decoded into `face` where it is that already but for augmentations. */
function picture(sample: Sample, decode: Decode, face: Pixels): Pixels | Promise<Pixels> {
  if (sample.damage !== undefined) throw new RxfaceError(sample.damage);
  if (sample.bytes !== undefined) return decode(sample.bytes, sample.points === undefined ? face : undefined);
  const { pixels, size } = sample;
  if (pixels === undefined || size === undefined || pixels.length !== size[0] * size[1] * 3) {
    throw new RxfaceError('has neither bytes nor pixels of their size');
  }
  return { height: size[0], width: size[1], data: pixels };
}

/** Puts `image` into `face`, aligned or resized, and augments it there. */
function made(sample: Sample, image: Pixels, face: Pixels, settings: Settings, seed: number): Sample {
  const { bytes: _, points, variation, ...rest } = sample;
  const { height, width, reduce, blur } = settings;
  const placed = image.data === face.data ? undefined : place(image, points, face);
  const labels = { ...(variation && { variation }), ...(placed && { points: placed }) };
  if (reduce !== undefined) {
    const size = [reduce, Math.max(1, Math.round((reduce * width) / height))] as const;
    throughSize(face, { size, down: 'area', up: 'bicubic' });
  }
  if (blur !== undefined) gaussianBlur(face, blur);
  const { drawn: _drawn, ...augmented } = augment(face, labels, settings.augment, { seed, ...sample });
  return { ...rest, ...augmented, pixels: face.data, size: [height, width] };
}

function check(options: Readonly<Record<string, unknown>>, stage: string): Settings {
  const { size = [112, 112], reduce, blur, augment: chances = {}, ...unknown } = options as PrepareOptions;
  refuseUnknown(unknown, '', 'size, reduce, blur and augment are known', stage);
  const [height, width] = faceSize(size, stage);
  if (reduce !== undefined && !isWhole(reduce, height)) {
    throw new OptionError(stage, 'reduce', `a whole number in [1, ${height}], the height of the faces`, reduce);
  }
  if (blur !== undefined && !(isWhole(blur, height) && blur >= 3 && blur % 2 === 1)) {
    throw new OptionError(stage, 'blur', `an odd number in [3, ${height}], the height of the faces`, blur);
  }
  return { height, width, reduce, blur, augment: augmentSettings(chances, stage) };
}
