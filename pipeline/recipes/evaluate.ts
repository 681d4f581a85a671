import { graph, run, showRun, workers, type PairProtocol, type Progress, type Sample } from 'rxface';
import {
  batch,
  coverFaces,
  embed,
  imageNames,
  verification,
  verifyPairs,
  type Embedder,
  type PairScores,
  type VerificationResult,
} from 'rxface/operators';
import { toEach } from 'rxface/sinks';
import { cfp, lfw, openSource, type IndexedSource } from 'rxface/sources';
import type { Variant } from './evaluationName.ts';
import { pairVariant, variantFaces } from './pairVariant.ts';

export type PairProtocolName = 'lfw' | 'cfp-ff' | 'cfp-fp';

/** A protocol the field knows, with its files. */
export interface PairFiles {
  protocol: PairProtocolName;
  /** The aligned images: whatever openSource takes. */
  data: string;
  /** LFW: pairs.txt. CFP: the folder that holds Protocol/, or a tar of it. */
  pairs: string;
}

/** A protocol of one's own over a source, whose ids it names; the source is opened, read once and closed. */
export interface PairsOf {
  protocol: PairProtocol;
  faces: IndexedSource;
}

export interface EvaluatePairsOptions extends Variant {
  /** Images embedded together. Default 64; the figures do not depend on it. */
  batch?: number;
  /** Threads that decode. Default 2; the figures do not depend on it. */
  threads?: number;
  signal?: AbortSignal;
  /** The line that shows how it stands. */
  progress?: Progress;
}

/**
 * Scores a model on a pair protocol: reads, decodes and embeds (flip sum) each image the protocol names once, then compares.
 *
 * Memory is the embeddings and what the links hold. The model stays the caller's and no tensor is left.
 *
 * @throws FileError, FormatError for files that are missing or wrong; RxfaceError for images the protocol names and the
 * data lack; StageError for an image that cannot be decoded: nothing may stand in for it here
 */
export async function evaluatePairs(
  model: Embedder,
  options: EvaluatePairsOptions & (PairFiles | PairsOf),
): Promise<VerificationResult> {
  return verification(await scorePairs(model, options));
}

/** As evaluatePairs, but gives the distance of every pair. */
export async function scorePairs(
  model: Embedder,
  options: EvaluatePairsOptions & (PairFiles | PairsOf),
): Promise<PairScores> {
  const opened = await openPairs(options);
  return score(model, opened, options).finally(() => opened.faces.close());
}

async function score(
  model: Embedder,
  { protocol: given, faces }: PairsOf,
  { batch: count = 64, threads = 2, signal, progress, ...variant }: EvaluatePairsOptions,
): Promise<PairScores> {
  const { size } = model.architecture;
  const compared = pairVariant(given, variant, size);
  const { protocol, copies, images } = compared;
  await faces.open();
  const named = new Set(Array.from(faces.labels, (_, i) => images.rowOf(faces.id(i))));
  images.demand((row) => named.has(row));
  const blocks = new Map(Array.from(copies, ([id, { block }]) => [id, block]));

  let scores: PairScores | undefined;
  const { reduce, blur } = variant;
  const prepare = { threads, size, ...(reduce !== undefined && { reduce }), ...(blur !== undefined && { blur }) };
  const scoring = graph(`evaluate ${protocol.name}`)
    .source<Sample>('faces', variantFaces(faces, compared))
    .pipe('prepare', workers('rxface/operators/prepare', prepare), { capacity: 2 * count })
    .pipe('cover', coverFaces(blocks), { capacity: 1 })
    .pipe('batch', batch(count, { partial: 'keep', spend: true }), { capacity: 2 })
    .pipe('embed', embed({ model }), { capacity: 2 })
    .pipe('pairs', verifyPairs(protocol), { capacity: 1 })
    .sink(
      'scores',
      toEach<PairScores>((item) => void (scores = item)),
    );
  try {
    await run(scoring, {
      ...(signal && { signal }),
      faults: { count: 0, rate: 0 },
      onProgress: showRun(progress, {
        unit: `images of ${protocol.name}`,
        total: imageNames(protocol).names.length,
        node: 'embed',
        each: count,
      }),
    });
    return scores!;
  } finally {
    progress?.end();
  }
}

/** The pairs that options name, with their images, which are the caller's to close. */
export async function openPairs(options: PairFiles | PairsOf): Promise<PairsOf> {
  if ('faces' in options) return options;
  return { protocol: await readPairs(options.protocol, options.pairs), faces: await openSource(options.data) };
}

/** The pairs of a protocol that the field knows. */
export function readPairs(protocol: PairProtocolName, path: string): Promise<PairProtocol> {
  if (protocol === 'lfw') return lfw(path);
  return cfp(path, protocol === 'cfp-ff' ? 'ff' : 'fp');
}
