import type { Stage } from '../../pipeline/contracts.ts';
import type { Sample } from '../../pipeline/items.ts';
import { parallel } from '../../pipeline/parallel.ts';
import type { Pixels } from '../../pipeline/pixels.ts';
import { damageOf, loadDecoder, type Decode } from './decode.ts';
import type { FaceDetector } from './faceDetector.ts';

/**
 * Finds the face in each photograph and gives its five landmarks, so that what comes after aligns it.
 *
 * In plain words: looks where eyes, nose and mouth are. A photograph in which no face is found passes with `pointsMissing`: it will be
 * resized, not aligned.
 *
 *     [photograph] ------ [street] ------- |
 *     detect({ detector })
 *     [with points] ----- [pointsMissing]  |
 *
 * ```ts
 * graph('embed')
 *   .source('faces', imageFolder('photographs'))
 *   .pipe('detect', detect({ detector }), { capacity: 16 })
 *   .pipe('prepare', workers('rxface/operators/prepare', { threads: 2 }));
 * ```
 *
 * Of several faces it is the large one near the middle. An image that cannot be decoded passes as it is: whoever needs it says so.
 * Landmarks that came with a sample are replaced.
 *
 * @return One sample for each, in order.
 */
export function detect({ detector }: { detector: Pick<FaceDetector, 'detectOne'> }): Stage<Sample, Sample> {
  let decoder: Promise<Decode> | undefined;
  const look = async (sample: Sample): Promise<Sample> => {
    const { points: _, pointsMissing: _missing, ...rest } = sample;
    if (sample.bytes === undefined) return sample;
    const decode = await (decoder ??= loadDecoder());
    let image: Pixels;
    try {
      image = await decode(sample.bytes);
    } catch (error) {
      damageOf(error);
      return sample;
    }
    const face = await detector.detectOne(image);
    return face === undefined ? { ...rest, pointsMissing: true } : { ...rest, points: face.points };
  };
  return Object.assign(parallel(look, { concurrency: 1 }), {
    label: { in: 'Sample', out: 'Sample', keeps: 'order, count', asks: 1, gives: 1, holds: 0 },
  });
}
