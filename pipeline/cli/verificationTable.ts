import type { Interval, RejectCurve, ThresholdAtFar, VerificationResult } from 'rxface/operators';
import type { PairCurves, PairFigures } from '../recipes/pairFigures.ts';
import { sayJson, sayResult } from './program.ts';

const percent = (rate: number): string => `${(100 * rate).toFixed(2)} %`;
const between = ([low, high]: Interval, show: (value: number) => string): string =>
  `95 % interval ${show(low)} to ${show(high)}`;

/** The figures of a pair protocol for people, in percent. */
export function verificationTable(
  protocol: string,
  { accuracy, val, tar, auc, threshold, pairs, ...more }: VerificationResult & Partial<PairFigures>,
): string {
  const { interval, atFar, reject } = more;
  const sure = (of: Interval | undefined, show = percent): string => (of === undefined ? '' : `, ${between(of, show)}`);
  return [
    `${protocol}, ${pairs.toLocaleString('en-GB')} pairs`,
    `accuracy        ${percent(accuracy.mean)} +- ${percent(accuracy.std)}${sure(interval?.accuracy)}`,
    `fine thresholds ${percent(accuracy.cosine)} (accuracy with thresholds at every 0.001 of cosine)`,
    `VAL @ FAR 1e-3  ${percent(val.mean)} +- ${percent(val.std)} (FAR met ${val.far.toExponential(1)})`,
    `TAR @ FAR 1e-3  ${percent(tar['1e-3'])}${sure(interval?.tar['1e-3'])}`,
    `AUC             ${auc.toFixed(4)}${sure(interval?.auc, (value) => value.toFixed(4))}`,
    `threshold       ${threshold.toFixed(3)} (squared distance; cosine ${(1 - threshold / 2).toFixed(3)})`,
    ...(atFar === undefined ? [] : thresholdLines(atFar)),
    ...(reject === undefined ? [] : [rejectLine(reject)]),
  ].join('\n');
}

/** Prints the figures of a pair protocol, without the curves of its report. */
export function sayFigures(protocol: string, found: PairFigures & PairCurves, json = false): void {
  const { roc: _roc, histogram: _histogram, ...figures } = found;
  if (json) sayJson(figures);
  else sayResult(verificationTable(protocol, figures));
}

/** A threshold and what it stands for. */
export function thresholdLines({ on, wanted, threshold, far, interval, strangers, over }: ThresholdAtFar): string[] {
  const met = between(interval.far, (rate) => rate.toExponential(1));
  return [
    `for FAR ${wanted.toExponential(0).padEnd(7)} cosine ${threshold.toFixed(4)}, ${between(interval.threshold, (value) => value.toFixed(4))}`,
    `FAR there       ${far.toExponential(1)}, ${met}, of the ${strangers.toLocaleString('en-GB')} strangers of ${on} (bootstrap over ${over})`,
  ];
}

function rejectLine({ fmr, rejected, fnmr, correlation }: RejectCurve): string {
  const last = rejected.length - 1;
  const rates =
    last === 0
      ? percent(fnmr[0]!)
      : `${percent(fnmr[0]!)}, and ${percent(fnmr[last]!)} once ${Math.round(100 * rejected[last]!)} % are refused by norm`;
  return `quality         FNMR at FMR ${fmr.toExponential(0)} ${rates}; rank correlation of norm and similarity ${correlation.toFixed(2)}`;
}
