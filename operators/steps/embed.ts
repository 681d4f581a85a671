import { add, concat, reverse, split, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { defer, finalize, map, type Observable } from 'rxjs';
import type { Label, Stage } from '../../pipeline/contracts.ts';
import type { Batch, Embeddings } from '../../pipeline/items.ts';
import { parallel } from '../../pipeline/parallel.ts';
import { flip as mirror } from '../image/flip.ts';
import { fold, type Folded } from '../net/folded.ts';
import type { Model } from '../net/model.ts';
import { OnnxModel } from '../net/onnxModel.ts';

/** What embeds faces: a network of ours, or anybody's from an ONNX file. */
export type Embedder = Model | OnnxModel;

const LABEL: Label = { in: 'Batch', out: 'Embeddings', keeps: 'order, count', asks: 1, gives: 1, holds: 0 };

export interface EmbedOptions {
  model: Embedder;
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
 * With `flip` the value is z(image) + z(mirrored image), both un-normalised (face-recognition code since ArcFace; LFW protocol);
 * both go through the network in one batch. Batch norm uses its running statistics, folded into the convolutions, so an embedding
 * does not depend on what else is in its batch. Weights are folded at the first batch, and again where a training has replaced them.
 * In a plain pipe nothing bounds what piles up before it; in a graph the link does.
 *
 * @return One item per batch, in order.
 */
export function embed({ model, flip = true }: EmbedOptions): Stage<Batch, Embeddings> {
  if (model instanceof OnnxModel) return embedOnnx(model, flip);
  const operator = (source: Observable<Batch>): Observable<Embeddings> =>
    defer(() => {
      let folded: Folded | undefined;
      const next = ({ epoch, pixels, size, labels, ids, keys }: Batch): Embeddings => {
        if (!folded?.current()) {
          folded?.dispose();
          folded = fold(model);
        }
        const values = embedded(folded, model, { pixels, size, labels }, flip);
        return { epoch, values, dimension: model.architecture.embedding, labels, ids, keys };
      };
      return source.pipe(
        map(next),
        finalize(() => folded?.dispose()),
      );
    });
  return Object.assign(operator, { label: LABEL });
}

/** onnxruntime calls back, so this is a stage of calls; one batch at a time, since one uses every core. */
function embedOnnx(model: OnnxModel, flip: boolean): Stage<Batch, Embeddings> {
  const next = async ({ epoch, pixels, size, labels, ids, keys }: Batch): Promise<Embeddings> => {
    const values = await model.embed(pixels, labels.length);
    if (flip) {
      const data = pixels.slice();
      mirror({ height: labels.length * size[0], width: size[1], data });
      const mirrored = await model.embed(data, labels.length);
      for (let i = 0; i < values.length; i++) values[i]! += mirrored[i]!;
    }
    return { epoch, values, dimension: model.architecture.embedding, labels, ids, keys };
  };
  return Object.assign(parallel(next, { concurrency: 1 }), { label: LABEL });
}

/** [N x D] */
function embedded(
  folded: Folded,
  model: Model,
  { pixels, size, labels }: Pick<Batch, 'pixels' | 'size' | 'labels'>,
  flip: boolean,
): Float32Array {
  let values = new Float32Array(0);
  // Given out past the tidy: it would walk through every number it returns.
  tidy(() => {
    const x = model.normalise(pixels, labels.length, size);
    const z = folded.embed(flip ? concat([x, reverse(x, 2)]) : x);
    const sum = flip ? add(...(split(z, 2) as [Tensor2D, Tensor2D])) : z;
    values = Float32Array.from(sum.dataSync<'float32'>());
  });
  return values;
}
