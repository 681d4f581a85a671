import { map, type Observable } from 'rxjs';
import type { Stage } from '../../pipeline/contracts.ts';
import { FACTORS, type Batch, type Sample } from '../../pipeline/items.ts';
import type { MetaPool } from '../mining/metaPool.ts';
import type { Model } from '../net/model.ts';
import { replenish } from './replenish.ts';

export interface FillPoolOptions {
  pool: MetaPool;
  model: Model;
}

/**
 * Puts batches of the meta set's faces into the pool, before the first meta batch is mined from it.
 *
 * In plain words: lays in the stock that is later exchanged a few faces at a time.
 *
 *     [batch of 64] -- [batch of 64] |
 *     fillPool({ pool, model })
 *     64 ------------- 128 --------- |
 *
 * ```ts
 * const pool = metaPool({ faces: 2, draws: 1, size: [32, 32], dimension: 8, seed: 7 });
 * from(batches)
 *   .pipe(fillPool({ pool, model }))
 *   .subscribe((filled) => console.log(filled)); // 2
 * ```
 *
 * @return after each batch the slots that hold a face
 */
export function fillPool({ pool, model }: FillPoolOptions): Stage<Batch, number> {
  const next = (batch: Batch): number => {
    replenish(pool, model, facesOf(batch));
    return pool.filled;
  };
  return Object.assign((source: Observable<Batch>) => source.pipe(map(next)), {
    label: { in: 'Batch', out: 'number', keeps: 'order, count', asks: 1, gives: 1, holds: 0 },
  });
}

function facesOf({ pixels, size, labels, ids, keys, variation }: Batch): Sample[] {
  const each = size[0] * size[1] * 3;
  return keys.map((key, i) => {
    const known = FACTORS.filter((factor) => variation[factor][i]! >= 0);
    return {
      ...key,
      id: ids[i]!,
      label: labels[i]!,
      pixels: pixels.subarray(i * each, (i + 1) * each),
      size,
      variation: Object.fromEntries(known.map((factor) => [factor, variation[factor][i]!])),
    };
  });
}
