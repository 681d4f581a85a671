import { tidy } from '@tensorflow/tfjs-core';
import { ShapeError } from '../../pipeline/errors.ts';
import type { Sample } from '../../pipeline/items.ts';
import type { MetaPool } from '../mining/metaPool.ts';
import type { Model } from '../net/model.ts';

/**
 * Takes prepared faces of the meta set into the pool, with what the network makes of them now.
 *
 * In plain words: a few faces of the pool are exchanged for others.
 *
 * Batch norm uses its running statistics, so that an embedding does not depend on how many are exchanged together. One readback.
 *
 * @return the slots they were put into
 * @throws ShapeError for a face of another size than the pool's
 */
export function replenish(pool: MetaPool, model: Model, faces: readonly Sample[]): Int32Array {
  const [height, width] = pool.size;
  const each = height * width * 3;
  const pixels = new Uint8Array(faces.length * each);
  for (const [i, { id, pixels: own }] of faces.entries()) {
    if (own?.length !== each) throw new ShapeError(`metaPool at ${id}`, `[${height}, ${width}, 3]`, [own?.length ?? 0]);
    pixels.set(own, i * each);
  }
  let embeddings = new Float32Array(0);
  // Given out past the tidy: it would walk through every number it returns.
  tidy(() => {
    const z = model.embed(model.normalise(pixels, faces.length, pool.size));
    embeddings = Float32Array.from(z.dataSync());
  });
  return pool.put(faces, embeddings);
}
