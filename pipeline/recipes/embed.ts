import { graph, run, showRun, workers, type Progress } from 'rxface';
import { batch, embed, type Embedder, type FaceDetector } from 'rxface/operators';
import { counted, found, lookedAt, type Looked } from './lookedAt.ts';
import { beginOutput, resumableNpy } from 'rxface/sinks';
import { slice, sliceBounds, type IndexedSource, type Slice } from 'rxface/sources';
import { fingerprint, modelFingerprint } from './fingerprint.ts';

export interface EmbedFacesOptions {
  /** The .npy file. */
  out: string;
  /** Images embedded together. Default 64. */
  batch?: number;
  /** Adds the embedding of the mirrored image. Default true. */
  flip?: boolean;
  /** Threads that decode. Default 2; the embeddings do not depend on it. */
  threads?: number;
  /** Finds the face in each photograph, to align by; default: by landmarks where the source has them, else resized. */
  detector?: FaceDetector | undefined;
  /** What else tells this embedding from another, as plain data: only the same is gone on with. */
  origin?: Readonly<Record<string, unknown>>;
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
  /** Rows that an earlier call, cut short, had written. */
  resumedAt: number;
  seconds: number;
  /** Of this call. */
  imagesPerSecond: number;
  /** Of this call: images that were resized, not aligned, and the first of them. */
  notAligned: Looked;
}

/**
 * Embeds every face of an open source, or of one part of it, into one .npy array: row i is image i, un-normalised.
 *
 * Until the last row is written everything lies in FILE.npy.partial. Cut short at any moment, the same call goes on behind the last
 * batch there, and the file is the same, byte for byte.
 *
 * @throws OptionError for a shard that there is not, or where FILE.npy.partial was begun with another model, source or batch
 * @throws StageError at the first image that cannot be decoded, and no file is left: a substitute's row would be a lie
 */
export async function embedFaces(
  model: Embedder,
  whole: IndexedSource,
  { out, batch: count = 64, flip = true, threads = 2, shard, detector, origin, signal, progress }: EmbedFacesOptions,
): Promise<EmbedFacesResult> {
  const faces = shard === undefined ? whole : slice(whole, shard);
  await faces.open();
  const total = faces.length!;
  const rows = shard && { ...shard, ...sliceBounds(whole.length!, shard) };
  const of = {
    source: fingerprint(faces),
    model: modelFingerprint(model),
    batch: count,
    flip,
    shard,
    ...(detector && { detector: detector.sha256 }),
    ...origin,
  };
  const output = await beginOutput(out, of, { suffix: 'partial', replaces: true });
  const { position } = output.standing;
  const looked: Looked = { count: 0 };
  const { size } = model.architecture;
  const embedding = found(graph('embed').source('faces', faces, { from: { epoch: 0, position } }), detector)
    .pipe('look', lookedAt(size, counted(looked)), { capacity: 64, bytes: 2 ** 26 })
    .pipe('prepare', workers('rxface/operators/prepare', { threads, size }), {
      capacity: 2 * count + 32,
    })
    .pipe('batch', batch(count, { partial: 'keep', spend: true }), { capacity: 2 })
    .pipe('embed', embed({ model, flip }), { capacity: 2 })
    .sink('npy', resumableNpy(output, { rows: total }));
  try {
    const report = output.whole
      ? undefined
      : await run(embedding, {
          ...(signal && { signal }),
          faults: { count: 0, rate: 0 },
          onProgress: showRun(progress, { unit: 'images', total, each: count, from: position }),
        });
    const seconds = report?.seconds ?? 0;
    const { embedding: dimension } = model.architecture;
    return {
      out,
      count: total,
      ...(rows && { shard: rows }),
      dimension,
      resumedAt: position,
      seconds,
      imagesPerSecond: seconds > 0 ? (total - position) / seconds : 0,
      notAligned: looked,
    };
  } finally {
    progress?.end();
    await output.close();
  }
}
