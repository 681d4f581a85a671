import { graph, run, showRun, workers, type Progress } from 'rxface';
import { batch, embed, type Embedder } from 'rxface/operators';
import { toNpy } from 'rxface/sinks';
import { slice, sliceBounds, type IndexedSource, type Slice } from 'rxface/sources';

export interface EmbedFacesOptions {
  /** The .npy file. */
  out: string;
  /** Images embedded together. Default 64. */
  batch?: number;
  /** Adds the embedding of the mirrored image. Default true. */
  flip?: boolean;
  /** Threads that decode. Default 2; the embeddings do not depend on it. */
  threads?: number;
  /** Embeds only this one of so many contiguous parts: the arrays of all parts, one after another, are that of the whole. */
  shard?: Slice;
  signal?: AbortSignal;
  progress?: Progress;
}

export interface EmbedFacesResult {
  out: string;
  /** Rows of the array. */
  count: number;
  /** With `shard`: the images, in the order of the whole source, that these rows are: `from` to before `to`. */
  shard?: Slice & { from: number; to: number };
  dimension: number;
  seconds: number;
  imagesPerSecond: number;
}

/**
 * Embeds every face of an open source, or of one part of it, into one .npy array: row i is image i, un-normalised.
 *
 * @throws OptionError for a shard that there is not
 * @throws StageError at the first image that cannot be decoded, and no file is left: a substitute's row would be a lie
 */
export async function embedFaces(
  model: Embedder,
  whole: IndexedSource,
  { out, batch: count = 64, flip = true, threads = 2, shard, signal, progress }: EmbedFacesOptions,
): Promise<EmbedFacesResult> {
  const faces = shard === undefined ? whole : slice(whole, shard);
  await faces.open();
  const total = faces.length!;
  const rows = shard && { ...shard, ...sliceBounds(whole.length!, shard) };
  const embedding = graph('embed')
    .source('faces', faces)
    .pipe('prepare', workers('rxface/operators/prepare', { threads, size: model.architecture.size }), {
      capacity: 2 * count + 32,
    })
    .pipe('batch', batch(count, { partial: 'keep' }), { capacity: 2 })
    .pipe('embed', embed({ model, flip }), { capacity: 2 })
    .sink('npy', toNpy(out));
  try {
    const { seconds } = await run(embedding, {
      ...(signal && { signal }),
      faults: { count: 0, rate: 0 },
      onProgress: showRun(progress, { unit: 'images', total, each: count }),
    });
    const { embedding: dimension } = model.architecture;
    return { out, count: total, ...(rows && { shard: rows }), dimension, seconds, imagesPerSecond: total / seconds };
  } finally {
    progress?.end();
  }
}
