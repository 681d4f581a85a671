import type { VerificationResult } from 'rxface/operators';

/** The figures of a pair protocol for people, in percent. */
export function verificationTable(
  protocol: string,
  { accuracy, val, tar, auc, threshold, pairs }: VerificationResult,
): string {
  const percent = (rate: number): string => `${(100 * rate).toFixed(2)} %`;
  return [
    `${protocol}, ${pairs.toLocaleString('en-GB')} pairs`,
    `accuracy        ${percent(accuracy.mean)} +- ${percent(accuracy.std)} (${percent(accuracy.cosine)} with thresholds at every 0.001 of cosine)`,
    `VAL @ FAR 1e-3  ${percent(val.mean)} +- ${percent(val.std)} (FAR met ${val.far.toExponential(1)})`,
    `TAR @ FAR 1e-3  ${percent(tar['1e-3'])}`,
    `AUC             ${auc.toFixed(4)}`,
    `threshold       ${threshold.toFixed(3)} (squared distance; cosine ${(1 - threshold / 2).toFixed(3)})`,
  ].join('\n');
}
