import { graph, run, RxfaceError, showRun, workers, type Progress, type Sample } from 'rxface';
import { batch, embed, falseMatches, type Embedder, type FalseMatches } from 'rxface/operators';
import { toEach } from 'rxface/sinks';
import { only, openSource, valuesOf } from 'rxface/sources';

export interface EvaluateGroupsOptions {
  /** The aligned images: whatever openSource takes. */
  data: string;
  /** Table with a column `image` of their ids. */
  labels: string;
  /** Its column of groups: 'race'. A face whose text is empty, or who is not in the table, is left out. */
  column: string;
  /** Share of all pairs of strangers that the threshold lets through. Default 1e-3. */
  far?: number;
  /** Images embedded together. Default 64. */
  batch?: number;
  /** Threads that decode. Default 2. */
  threads?: number;
  signal?: AbortSignal;
  progress?: Progress;
}

/**
 * False match rates of a model by group of people: embeds (flip sum) every face of the data that has a group, no others, then
 * compares all of them.
 *
 * The model stays the caller's and no tensor is left.
 *
 * @throws FileError, FormatError for files that are missing or wrong; RxfaceError where no face has a group
 */
export async function evaluateGroups(model: Embedder, options: EvaluateGroupsOptions): Promise<FalseMatches> {
  const { data, labels, column, far, batch: count = 64, threads = 2, signal, progress } = options;
  const groupOf = await valuesOf(labels, column);
  const faces = await openSource(data);
  let found: FalseMatches | undefined;
  try {
    const ids = Array.from(faces.labels, (_, i) => faces.id(i));
    const grouped = ids.filter((id) => groupOf(id) !== undefined).length;
    if (grouped === 0) throw new RxfaceError(`${labels}: no row for an image like '${faces.id(0)}'`);
    const scoring = graph('evaluate groups')
      .source<Sample>(
        'faces',
        only(faces, (id) => groupOf(id) !== undefined),
      )
      .pipe('prepare', workers('rxface/operators/prepare', { threads, size: model.architecture.size }), {
        capacity: 2 * count,
      })
      .pipe('batch', batch(count, { partial: 'keep', spend: true }), { capacity: 2 })
      .pipe('embed', embed({ model }), { capacity: 2 })
      .pipe('matches', falseMatches({ groupOf, ...(far !== undefined && { far }) }), { capacity: 1 })
      .sink(
        'found',
        toEach<FalseMatches>((item) => void (found = item)),
      );
    await run(scoring, {
      ...(signal && { signal }),
      faults: { count: 0, rate: 0 },
      onProgress: showRun(progress, { unit: 'images of groups', total: grouped, node: 'embed', each: count }),
    });
    return { ...found!, leftOut: ids.length - grouped };
  } finally {
    progress?.end();
    await faces.close();
  }
}
