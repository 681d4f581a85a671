import { cmcCurve, scoreCurves, wilson, type FalseMatches, type Identified, type SortedScores } from 'rxface/operators';
import type { GroupAccuracies } from './evaluateByGroup.ts';
import { evaluationRecord, type EvaluationRecord, type Figure, type HardPair } from './evaluationRecord.ts';
import { IJB_FARS, type IjbResult } from './evaluateIjb.ts';
import type { PairCurves, PairFigures } from './pairFigures.ts';

const count = (value: number): string => value.toLocaleString('en-GB');

/** The record of a pair protocol. */
export function pairRecord(
  { protocol, model }: { protocol: string; model: string },
  found: PairFigures & PairCurves,
  hardest?: HardPair[],
): EvaluationRecord {
  const { accuracy, val, tar, auc, interval, atFar, reject, roc, histogram, pairs } = found;
  const { wanted, threshold, strangers } = atFar;
  const figures: Figure[] = [
    { name: 'accuracy by folds', value: accuracy.mean, rate: true, spread: accuracy.std, interval: interval.accuracy },
    { name: 'accuracy, thresholds at every 0.001 of cosine', value: accuracy.cosine, rate: true },
    { name: 'TAR at FAR 1e-3', value: tar['1e-3'], rate: true, interval: interval.tar['1e-3'] },
    { name: 'VAL at FAR 1e-3', value: val.mean, rate: true, spread: val.std },
    { name: 'AUC', value: auc, interval: interval.auc },
    { name: `threshold (cosine) for FAR ${power(wanted)}`, value: threshold, interval: atFar.interval.threshold },
    { name: 'FAR there', value: atFar.far, rate: true, interval: atFar.interval.far },
    { name: 'TAR there', value: atFar.tar, rate: true, interval: atFar.interval.tar },
    ...(reject === undefined ? [] : [{ name: 'rank correlation of norm and similarity', value: reject.correlation }]),
  ];
  return evaluationRecord({
    protocol,
    model,
    trials: `${count(pairs)} pairs, ${count(strangers)} of two people`,
    facts: [],
    figures,
    intervals: `bootstrap over ${atFar.over}`,
    roc,
    histogram,
    atFar,
    ...(reject && { reject }),
    ...(hardest && { hardest }),
  });
}

/** The record of how unequal groups of people are, whose own records stand beside it. */
export function biasRecord(
  { protocol, model }: { protocol: string; model: string },
  { groups, bias }: GroupAccuracies,
): EvaluationRecord {
  const pairs = groups.reduce((sum, group) => sum + group.pairs, 0);
  return evaluationRecord({
    protocol,
    model,
    trials: `${count(pairs)} pairs of ${groups.length} groups`,
    facts: [],
    figures: [
      { name: 'mean accuracy', value: 1 - bias.mean, rate: true },
      { name: 'bias (standard deviation)', value: bias.std, rate: true },
      // Of a group without an error there is no ratio.
      ...(Number.isFinite(bias.ratio) ? [{ name: 'largest error over smallest', value: bias.ratio }] : []),
      ...groups.map(({ name, accuracy: { mean, std }, interval }): Figure => {
        return { name: `accuracy of ${name}`, value: mean, rate: true, spread: std, interval: interval.accuracy };
      }),
    ],
    intervals: `bootstrap over ${groups[0]!.atFar.over}`,
  });
}

/** The record of false matches by group of people, at one threshold for everybody. */
export function groupsRecord(
  { model, column }: { model: string; column: string },
  found: FalseMatches,
): EvaluationRecord {
  const { threshold, far, pairs, leftOut, groups, bias, curve } = found;
  const faces = groups.reduce((sum, group) => sum + group.faces, 0);
  return evaluationRecord({
    protocol: `false matches by ${column}`,
    model,
    trials: `${count(pairs)} pairs of two people among ${count(faces)} faces of ${groups.length} groups`,
    facts: [['faces left out', count(leftOut)]],
    figures: [
      { name: 'FAR of all pairs', value: far, rate: true, interval: wilson(Math.round(far * pairs), pairs) },
      { name: 'threshold (cosine)', value: 1 - threshold / 2 },
      { name: 'bias (standard deviation of the FMR)', value: bias.std, rate: true },
      ...(Number.isFinite(bias.ratio) ? [{ name: 'largest FMR over smallest', value: bias.ratio }] : []),
      ...groups
        .filter((group) => group.pairs > 0)
        .map(({ name, pairs: own, fmr }): Figure => {
          return { name: `FMR of ${name}`, value: fmr, rate: true, interval: wilson(Math.round(fmr * own), own) };
        }),
    ],
    intervals: 'Wilson, pairs taken for independent: too narrow where they share faces',
    groups: { far: curve.far, fmr: groups.map(({ name }, k) => ({ name, rates: curve.fmr[k]! })) },
  });
}

/** The record of IJB 1:1. Its lists do not say who is in a template, so that intervals take trials for independent. */
export function ijbRecord(model: string, result: IjbResult, scores: SortedScores): EvaluationRecord {
  const { protocol, genuine, impostors, templates, images, tar, threshold } = result;
  return evaluationRecord({
    protocol: `${protocol} 1:1`,
    model,
    trials: `${count(genuine)} genuine and ${count(impostors)} impostor trials of ${count(templates)} templates, ${count(images)} images`,
    facts: fusionFacts(result),
    figures: IJB_FARS.flatMap((far): Figure[] => [
      {
        name: `TAR at FAR ${far}`,
        value: tar[far]!,
        rate: true,
        interval: wilson(Math.round(tar[far]! * genuine), genuine),
      },
      // Where no threshold lets so few pass none is accepted.
      ...(Number.isFinite(threshold[far])
        ? [{ name: `threshold (cosine) for FAR ${far}`, value: threshold[far]! }]
        : []),
    ]),
    intervals: 'Wilson, trials taken for independent: too narrow where they share people',
    ...scoreCurves(scores),
  });
}

/** The record of an identification: ranks, and other rates by name. */
export function identificationRecord(
  { protocol, model, facts = [] }: { protocol: string; model: string; facts?: [string, string][] },
  { ranks, gallery, rates = {} }: { ranks: readonly number[]; gallery: number; rates?: Record<string, number> },
  identified: Identified,
): EvaluationRecord {
  const cmc = cmcCurve(identified, gallery);
  const figures = ranks.map((rank): Figure => {
    const at = cmc.rank.indexOf(rank);
    if (at >= 0) return { name: `rank ${rank}`, value: cmc.rate[at]!, rate: true, interval: cmc.interval[at]! };
    // A gallery that small has nobody behind.
    return { name: `rank ${rank}`, value: identified.ranks.length / identified.probes, rate: true };
  });
  return evaluationRecord({
    protocol,
    model,
    trials: `${count(identified.probes)} probes, gallery of ${count(gallery)}`,
    facts,
    figures: [...figures, ...Object.entries(rates).map(([name, value]) => ({ name, value, rate: true }))],
    intervals: 'bootstrap over the people of the probes',
    cmc,
  });
}

/** How images became templates, in words. */
export function fusionFacts(fusion: {
  featureNorm: string;
  detectorScore: string;
  flip: string;
  far?: string;
}): [string, string][] {
  const { featureNorm, detectorScore, flip, far } = fusion;
  return [
    ['feature norm kept', featureNorm === 'keep' ? 'yes' : 'no'],
    ['detector score', detectorScore],
    ['flip', flip],
    ...(far === undefined ? [] : [['FAR', far] as [string, string]]),
  ];
}

function power(far: number): string {
  return far.toExponential().replace('.0', '');
}
