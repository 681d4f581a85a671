import type { Embedder, PairScores } from 'rxface/operators';
import { staysOpen } from './data.ts';
import { openPairs, scorePairs, type EvaluatePairsOptions, type PairFiles, type PairsOf } from './evaluate.ts';
import type { HardPair } from './evaluationRecord.ts';
import { hardestPictures } from './hardestPairs.ts';
import { pairFigures, type PairCurves, type PairFigures } from './pairFigures.ts';

export type JudgePairsOptions = EvaluatePairsOptions &
  (PairFiles | PairsOf) & {
    /** Wanted of the threshold. Default 1e-3, or one stranger of all where there are fewer than a thousand. */
    far?: number;
    /** Hardest pairs of each kind to show; none by default. */
    hardest?: number;
  };

/** Scores a model on a pair protocol, and says how sure the figures are and where the model is most wrong. */
export async function judgePairs(
  model: Embedder,
  { far, hardest: count = 0, ...options }: JudgePairsOptions,
): Promise<{ scores: PairScores; found: PairFigures & PairCurves; hardest: HardPair[] }> {
  const { protocol, faces } = await openPairs(options);
  try {
    const scores = await scorePairs(model, { ...options, protocol, faces: staysOpen(faces) });
    const { size } = model.architecture;
    const hardest = count === 0 ? [] : await hardestPictures(faces, protocol, scores, { ...options, size, count });
    return { scores, found: pairFigures(scores, far), hardest };
  } finally {
    await faces.close();
  }
}
