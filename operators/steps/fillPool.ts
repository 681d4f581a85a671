import { tidy } from '@tensorflow/tfjs-core';
import { map, type Observable } from 'rxjs';
import type { Stage } from '../../pipeline/contracts.ts';
import { FACTORS, type Batch, type Sample } from '../../pipeline/items.ts';
import type { MetaPool } from '../mining/metaPool.ts';
import type { Model } from '../net/model.ts';

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
 * Batch norm uses its running statistics, so that an embedding does not depend on who is in its batch. One readback a batch.
 *
 * @return after each batch the slots that hold a face
 */
export function fillPool({ pool, model }: FillPoolOptions): Stage<Batch, number> {
  const next = (batch: Batch): number => {
    pool.put(facesOf(batch), embedded(model, batch));
    return pool.filled;
  };
  return Object.assign((source: Observable<Batch>) => source.pipe(map(next)), {
    label: { in: 'Batch', out: 'number', keeps: 'order, count', asks: 1, gives: 1, holds: 0 },
  });
}

/** [N x D] */
function embedded(model: Model, { pixels, size, keys }: Batch): Float32Array {
  let values = new Float32Array(0);
  // Given out past the tidy: it would walk through every number it returns.
  tidy(() => {
    const z = model.embed(model.normalise(pixels, keys.length, size));
    values = Float32Array.from(z.dataSync());
  });
  return values;
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
