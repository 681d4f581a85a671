import type { Embedder, PairScores } from 'rxface/operators';
import { openSource } from 'rxface/sources';
import { staysOpen } from './data.ts';
import { readPairs, scorePairs, type EvaluatePairsOptions, type PairFiles } from './evaluate.ts';
import type { HardPair } from './evaluationRecord.ts';
import { hardestPictures } from './hardestPairs.ts';
import { pairFigures, type PairCurves, type PairFigures } from './pairFigures.ts';

export interface JudgePairsOptions extends PairFiles, EvaluatePairsOptions {
  /** Wanted of the threshold. Default 1e-3, or one stranger of all where there are fewer than a thousand. */
  far?: number;
  /** Hardest pairs of each kind to show; none by default. */
  hardest?: number;
}

/** Scores a model on a pair protocol, and says how sure the figures are and where the model is most wrong. */
export async function judgePairs(
  model: Embedder,
  { far, hardest: count = 0, ...options }: JudgePairsOptions,
): Promise<{ scores: PairScores; found: PairFigures & PairCurves; hardest: HardPair[] }> {
  const { data, pairs, protocol: name, ...variant } = options;
  const protocol = await readPairs(name, pairs);
  const faces = await openSource(data);
  try {
    const scores = await scorePairs(model, { ...variant, protocol, faces: staysOpen(faces) });
    const { size } = model.architecture;
    const hardest = count === 0 ? [] : await hardestPictures(faces, protocol, scores, { ...variant, size, count });
    return { scores, found: pairFigures(scores, far), hardest };
  } finally {
    await faces.close();
  }
}
