import { filter, type Observable } from 'rxjs';
import type { Stage } from '../../pipeline/contracts.ts';
import type { PairProtocol, Sample } from '../../pipeline/items.ts';
import { imageNames } from './imageNames.ts';

/**
 * Lets through the samples whose image a protocol names, and no others.
 *
 * In plain words: put it before decoding, and only what the pairs need is decoded and embedded.
 *
 *     ann/1  bob/7  ann/2  |
 *     keepNamed(pairs: ann/1 - ann/2)
 *     ann/1         ann/2  |
 *
 * @example
 * from(samples).pipe(keepNamed(protocol)); // only samples the protocol names, in their order
 */
export function keepNamed(protocol: PairProtocol): Stage<Sample, Sample> {
  const { rowOf } = imageNames(protocol);
  const stage = (source: Observable<Sample>): Observable<Sample> =>
    source.pipe(filter((sample) => rowOf(sample.id) >= 0));
  return Object.assign(stage, {
    label: { in: 'Sample', out: 'Sample', keeps: 'order', asks: 1, gives: 1, holds: 0 },
  });
}
