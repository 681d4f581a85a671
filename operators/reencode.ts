import { OptionError } from '../pipeline/errors.ts';
import type { Sample } from '../pipeline/items.ts';
import { encodeJpeg, type Pixels } from '../pipeline/pixels.ts';
import type { Result, Work, WorkContext } from '../pipeline/work.ts';
import { damageOf, loadDecoder } from './image/decode.ts';
import { faceSize, isWhole, refuseUnknown } from './image/options.ts';
import { place } from './image/place.ts';

/** What `reencode` makes of encoded faces. */
export interface ReencodeOptions {
  /** [height, width] to align to where there are landmarks, else to resize to. Default: each image keeps its own. */
  size?: readonly [number, number];
  /** Of the JPEG, 1 to 100. Default 95. */
  quality?: number;
}

/**
 * Encodes faces anew as JPEG, aligned or resized on the way.
 *
 * In plain words: what `prepare` would do for the network is done once and kept, so that training need not do it each time.
 *
 * ```ts
 * graph('smaller')
 *   .source('faces', imageFolder('photographs', { points: 'landmarks.csv' }))
 *   .pipe('reencode', workers('rxface/operators/reencode', { threads: 2, size: [112, 112] }))
 *   .sink('shards', toShards('data/train'));
 * ```
 *
 * Landmarks move with the image. An image that cannot be decoded becomes no fault and has no substitute here: it leaves
 * with `damage` in the place of `bytes`, for the sink to leave it out and to say so.
 *
 * @param options Checked as {@link ReencodeOptions}; others are refused.
 * @return Works on a chunk; a result for each sample.
 * @throws OptionError
 */
export async function setup(
  options: Readonly<Record<string, unknown>>,
  context: WorkContext,
): Promise<Work<Sample, Sample>> {
  const { size, quality } = check(options, context.stage);
  const decode = await loadDecoder();
  const one = async (sample: Sample): Promise<Result<Sample>> => {
    const { bytes, ...rest } = sample;
    if (bytes === undefined) return { value: sample };
    try {
      const image = await decode(bytes);
      const { face, points } = size === undefined ? { face: image, points: sample.points } : made(sample, image, size);
      return { value: { ...rest, ...(points && { points }), bytes: await encodeJpeg(face, quality) } };
    } catch (error) {
      return { value: { ...rest, damage: damageOf(error) } };
    }
  };
  return (chunk) => Promise.all(chunk.map(one));
}

function made(
  { points }: Sample,
  image: Pixels,
  [height, width]: readonly [number, number],
): { face: Pixels; points: Float32Array | undefined } {
  const face = { height, width, data: new Uint8Array(height * width * 3) };
  return { face, points: place(image, points, face) };
}

function check(
  options: Readonly<Record<string, unknown>>,
  stage: string,
): { size: readonly [number, number] | undefined; quality: number } {
  const { size, quality = 95, ...unknown } = options as ReencodeOptions;
  refuseUnknown(unknown, '', 'size and quality are known', stage);
  const side = size === undefined ? undefined : faceSize(size, stage);
  if (!isWhole(quality, 100)) throw new OptionError(stage, 'quality', 'a whole number in [1, 100]', quality);
  return { size: side, quality };
}
