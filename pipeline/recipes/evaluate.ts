import { graph, run, workers, type PairProtocol, type Progress, type Sample, type Sink } from 'rxface';
import {
  batch,
  embed,
  imageNames,
  verification,
  verifyPairs,
  type Model,
  type PairScores,
  type VerificationResult,
} from 'rxface/operators';
import { cfp, lfw, only, openSource } from 'rxface/sources';

export type PairProtocolName = 'lfw' | 'cfp-ff' | 'cfp-fp';

export interface EvaluatePairsOptions {
  protocol: PairProtocolName;
  /** The aligned images: tar, .tar.gz or folder. */
  data: string;
  /** LFW: pairs.txt. CFP: the folder that holds Protocol/, or a tar of it. */
  pairs: string;
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
export async function evaluatePairs(model: Model, options: EvaluatePairsOptions): Promise<VerificationResult> {
  const { data, batch: count = 64, threads = 2, signal, progress } = options;
  const protocol = await readPairs(options.protocol, options.pairs);
  const { rowOf, demand, names } = imageNames(protocol);
  const faces = await openSource(data);
  try {
    const named = new Set(Array.from(faces.labels, (_, i) => rowOf(faces.id(i))));
    demand((row) => named.has(row));

    let scores: PairScores | undefined;
    const keep: Sink<PairScores> = {
      open: async () => {},
      write: (item) => void (scores = item),
      close: async () => {},
    };
    const scoring = graph(`evaluate ${protocol.name}`)
      .source<Sample>(
        'faces',
        only(faces, (id) => rowOf(id) >= 0),
      )
      .pipe('prepare', workers('rxface/operators/prepare', { threads, size: model.architecture.size }), {
        capacity: 2 * count,
      })
      .pipe('batch', batch(count, { partial: 'keep' }), { capacity: 2 })
      .pipe('embed', embed({ model }), { capacity: 2 })
      .pipe('pairs', verifyPairs(protocol), { capacity: 1 })
      .sink('scores', keep);
    await run(scoring, {
      ...(signal && { signal }),
      faults: { count: 0, rate: 0 },
      onProgress: ({ nodes, seconds, limiting }) => {
        const done = Math.min(names.length, (nodes.find(({ name }) => name === 'embed')?.items ?? 0) * count);
        const rate = done / seconds;
        const left = (names.length - done) / rate;
        progress?.show({ unit: `images of ${protocol.name}`, done, total: names.length, rate, limiting, left });
      },
    });
    return verification(scores!);
  } finally {
    progress?.end();
    await faces.close();
  }
}

function readPairs(protocol: PairProtocolName, path: string): Promise<PairProtocol> {
  if (protocol === 'lfw') return lfw(path);
  return cfp(path, protocol === 'cfp-ff' ? 'ff' : 'fp');
}
