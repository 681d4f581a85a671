import { graph, run, showRun, workers, type EmbeddingRows, type Flow, type Graph, type Progress } from 'rxface';
import { batch, embed, type Embedder } from 'rxface/operators';
import { embeddingRows, type EmbeddingRowsOptions, type IndexedSource } from 'rxface/sources';

/** A model, and images for it to embed. */
export interface ImagesToEmbed {
  model: Embedder;
  /** Whatever openSource takes. */
  data: string;
  /** Images embedded together. Default 64; the figures do not depend on it. */
  batch?: number;
  /** Threads that decode. Default 2; the figures do not depend on it. */
  threads?: number;
}

/** What a protocol over rows is scored from: an .npy file, or images as they stream in. */
export type RowsOf = { embeddings: string } | ImagesToEmbed;

/** Embeddings by the rows of a list, about to flow. */
export interface EmbeddingFlow {
  flow: Flow<EmbeddingRows>;
  /** Of the list. */
  rows: number;
  /** Runs a graph that was made of the flow. `figures`, asked for now and then, are shown with how far it is. */
  run(
    made: Graph,
    options: { signal?: AbortSignal; progress?: Progress; figures: () => Record<string, number> },
  ): Promise<void>;
}

/** Stored embeddings. */
export async function storedFlow(
  name: string,
  path: string,
  options: EmbeddingRowsOptions = {},
): Promise<EmbeddingFlow> {
  const stored = await embeddingRows(path, options);
  return {
    flow: graph(name).source('embeddings', stored, { capacity: 2 }),
    rows: stored.rows,
    run: (made, given) => runShown(made, given, { unit: 'rows', total: stored.rows, node: 'embeddings', each: options.block ?? 512 }), // prettier-ignore
  };
}

/** Embeddings of images in the order of a source, which the run opens and closes; nothing may stand in for one that is broken. */
export async function imagesFlow(
  name: string,
  faces: IndexedSource,
  { model, batch: count = 64, threads = 2, flip = true }: Omit<ImagesToEmbed, 'data'> & { flip?: boolean },
): Promise<EmbeddingFlow> {
  await faces.open();
  const total = faces.length!;
  return {
    flow: graph(name)
      .source('faces', faces)
      .pipe('prepare', workers('rxface/operators/prepare', { threads, size: model.architecture.size }), {
        capacity: 2 * count,
      })
      .pipe('batch', batch(count, { partial: 'keep', spend: true }), { capacity: 2 })
      .pipe('embed', embed({ model, flip }), { capacity: 2 }),
    rows: total,
    run: (made, given) => runShown(made, given, { unit: 'images', total, node: 'embed', each: count }).finally(() => faces.close()), // prettier-ignore
  };
}

async function runShown(
  made: Graph,
  { signal, progress, figures }: Parameters<EmbeddingFlow['run']>[1],
  of: Parameters<typeof showRun>[1],
): Promise<void> {
  const shown = progress && { ...progress, show: (standing: Parameters<Progress['show']>[0]) => progress.show({ ...standing, figures: figures() }) }; // prettier-ignore
  try {
    await run(made, { ...(signal && { signal }), faults: { count: 0, rate: 0 }, onProgress: showRun(shown, of) });
  } finally {
    progress?.end();
  }
}
