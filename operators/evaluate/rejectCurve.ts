import { OptionError } from '../../pipeline/errors.ts';
import { rankCorrelation } from '../maths/rankCorrelation.ts';
import { tarAtFars } from '../maths/tarAtFars.ts';
import type { PairScores } from './pairScores.ts';

/** Error versus reject: what refusing the pairs of least quality does to the errors of the others. */
export interface RejectCurve {
  /** Share of the false matches allowed among the kept pairs. */
  fmr: number;
  /** Shares of all pairs that are refused, ascending: 0, 0.05, ... */
  rejected: number[];
  /** Share of the kept pairs of one person that are missed at the threshold where at most `fmr` of the kept strangers pass. */
  fnmr: number[];
  /** The same at the threshold of all pairs. */
  fnmrFixed: number[];
  /** Spearman's, of quality and similarity over the pairs of one person: near 0, lengths say nothing of quality; below, the contrary. */
  correlation: number;
}

const STEPS = Array.from({ length: 20 }, (_, i) => i * 0.05);

/**
 * Error versus reject with the length of embeddings as quality: that of a pair is the smaller of its two.
 *
 * In plain words: if a network knows which faces it cannot tell, errors fall when those are sent away; if the line stays level,
 * its lengths know nothing.
 *
 * The pairs of least quality are refused, 0 to 95 % in steps of 5 %, and FNMR is read at the threshold of the FMR: chosen anew among
 * the kept pairs, as MagFace's evaluation does (Meng et al. 2021), and once for all (Grother and Tabassi 2007). The curve ends where
 * fewer than 1 / FMR pairs of strangers, or no pair of one person, are left.
 *
 * ```ts
 * console.log(rejectCurve(scores, 0.5).rejected); // [0, 0.05, ...]
 * ```
 *
 * @param fmr in (0, 1]
 * @throws OptionError where the embeddings' lengths are not known, or for too few strangers
 */
export function rejectCurve({ protocol, distances, same, norms }: PairScores, fmr = 1e-3): RejectCurve {
  if (norms === undefined) throw new OptionError('rejectCurve', 'norms', 'the lengths of the embeddings', 'none');
  const count = distances.length;
  const quality = Float64Array.from(distances, (_, pair) => Math.min(norms[2 * pair]!, norms[2 * pair + 1]!));
  const order = Uint32Array.from(distances.keys()).toSorted((a, b) => quality[a]! - quality[b]!);
  const similarity = distances.map((distance) => 1 - distance / 2);
  const kept = (from: number): { genuine: Float64Array; impostors: Float64Array } => {
    const kind = (wanted: 0 | 1): Float64Array =>
      Float64Array.from(order.subarray(from).filter((pair) => same[pair] === wanted), (pair) => similarity[pair]!).toSorted(); // prettier-ignore
    return { genuine: kind(1), impostors: kind(0) };
  };
  const measurable = ({ genuine, impostors }: ReturnType<typeof kept>): boolean =>
    genuine.length > 0 && fmr * impostors.length >= 1;
  if (!measurable(kept(0)))
    throw new OptionError('rejectCurve', 'fmr', `one that the strangers of ${protocol} can measure`, fmr);
  const all = tarAtFars(kept(0), [fmr], 'atMost')[0]!;
  const points = STEPS.map((rejected) => ({ rejected, scores: kept(Math.floor(rejected * count)) }));
  const end = points.findIndex(({ scores }) => !measurable(scores));
  const known = end < 0 ? points : points.slice(0, end);
  const own = [...distances.keys()].filter((pair) => same[pair] === 1);
  return {
    fmr,
    rejected: known.map(({ rejected }) => rejected),
    fnmr: known.map(({ scores }) => 1 - tarAtFars(scores, [fmr], 'atMost')[0]!.tar),
    fnmrFixed: known.map(
      ({ scores: { genuine } }) => genuine.filter((score) => score < all.threshold).length / genuine.length,
    ),
    correlation: rankCorrelation(
      own.map((pair) => quality[pair]!),
      own.map((pair) => similarity[pair]!),
    ),
  };
}
