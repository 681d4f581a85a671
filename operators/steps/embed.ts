import { add, reverse, tidy, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import { map, type Observable } from 'rxjs';
import type { Stage } from '../../pipeline/contracts.ts';
import type { Batch, Embeddings } from '../../pipeline/items.ts';
import type { Model } from '../net/model.ts';

export interface EmbedOptions {
  model: Model;
  /** Adds the embedding of the mirrored image, as the field's verification protocols do. Default true. */
  flip?: boolean;
}

/**
 * Embeddings of batches of faces.
 *
 * In plain words: turns every face into the D numbers that say who it is. Un-normalised: their length is AdaFace's sign of quality.
 *
 *     [batch of 2] ------ [batch of 1] |
 *     embed({ model })
 *     {2 x D numbers} --- {1 x D} ---- |
 *
 * ```ts
 * from(batches)
 *   .pipe(embed({ model }))
 *   .subscribe(({ ids, values, dimension }) => console.log(ids, values.length / dimension));
 * ```
 *
 * With `flip` the value is z(image) + z(mirrored image), both un-normalised (face-recognition code since ArcFace; LFW protocol).
 * Batch norm uses its running statistics, so an embedding does not depend on what else is in its batch. In a plain pipe nothing
 * bounds what piles up before it; in a graph the link does.
 *
 * @return One item per batch, in order.
 */
export function embed({ model, flip = true }: EmbedOptions): Stage<Batch, Embeddings> {
  const next = ({ epoch, pixels, size, labels, ids, keys }: Batch): Embeddings => {
    let values = new Float32Array(0);
    tidy(() => {
      const x = model.normalise(pixels, labels.length, size);
      const mirrored = flip ? (reverse(x, 2) as Tensor4D) : undefined;
      const z = model.embed(x);
      const sum: Tensor2D = mirrored ? add(z, model.embed(mirrored)) : z;
      values = Float32Array.from(sum.dataSync<'float32'>());
    });
    return { epoch, values, dimension: model.architecture.embedding, labels, ids, keys };
  };
  return Object.assign((source: Observable<Batch>) => source.pipe(map(next)), {
    label: { in: 'Batch', out: 'Embeddings', keeps: 'order, count', asks: 1, gives: 1, holds: 0 },
  });
}
