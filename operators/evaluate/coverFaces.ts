import { map } from 'rxjs';
import type { Stage } from '../../pipeline/contracts.ts';
import { RxfaceError } from '../../pipeline/errors.ts';
import type { Sample } from '../../pipeline/items.ts';
import { blackOut, type Block } from '../augment/occlude.ts';

/**
 * Blacks out a block of each prepared face that has one; the others pass as they are.
 *
 * In plain words: puts something in front of the faces that are listed.
 *
 *     a ------ b ------ |
 *     coverFaces({ b: block })
 *     a ------ b with a black square |
 *
 * ```ts
 * from(faces).pipe(coverFaces(new Map([['face-1', { side: 8, left: 4, top: 20 }]])));
 * ```
 *
 * @param blocks by id
 * @return One face for each, in order; a covered one in a copy. Errors with RxfaceError for a listed face without pixels.
 */
export function coverFaces(blocks: ReadonlyMap<string, Block>): Stage<Sample, Sample> {
  const cover = (sample: Sample): Sample => {
    const block = blocks.get(sample.id);
    if (block === undefined) return sample;
    const { pixels, size } = sample;
    if (pixels === undefined || size === undefined)
      throw new RxfaceError(`coverFaces at ${sample.id}: no pixels: prepare samples first`);
    const data = pixels.slice();
    blackOut({ height: size[0], width: size[1], data }, block);
    return { ...sample, pixels: data };
  };
  return Object.assign(map(cover), {
    label: { in: 'Sample', out: 'Sample', keeps: 'order, count', asks: 1, gives: 1, holds: 0 },
  });
}
