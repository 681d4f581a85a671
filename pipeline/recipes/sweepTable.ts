import type { EvaluationLine } from './evaluations.ts';
import type { RunBias } from './sweepGroups.ts';
import type { StepItem } from 'rxface';

/** What one training of a sweep came to. Rates are fractions in [0, 1]. */
export interface SweepResult {
  variant: string;
  seed: number;
  run: string;
  state: 'finished' | 'begun' | 'missing';
  /** Accuracy by evaluation at its end; empty before. */
  accuracy: Record<string, number>;
  /** Mean over its steps of the root mean square of residuals; absent where none were learned. */
  residual?: number;
  /** How unequally it errs over groups of people; absent where the sweep has none. */
  bias?: RunBias;
}

/** Mean and sample deviation (ddof 1) over seeds; one seed has no deviation. */
export interface Spread {
  mean: number;
  deviation: number | null;
  values: number[];
}

/** One variant over its finished runs. */
export interface SweepRow {
  variant: string;
  seeds: number[];
  accuracy: Record<string, Spread>;
  residual?: Spread;
  /** Over groups of people: standard deviation of errors (ddof 0), a fraction, and the largest error over the smallest. */
  bias?: Record<keyof RunBias, Spread>;
}

export interface SweepTable {
  evaluations: string[];
  rows: SweepRow[];
  runs: SweepResult[];
}

/** The result of a run from what it wrote down. */
export function resultOf(
  run: Pick<SweepResult, 'variant' | 'seed' | 'run'>,
  state: SweepResult['state'],
  { evaluations, steps, bias }: { evaluations: readonly EvaluationLine[]; steps: readonly StepItem[]; bias?: RunBias },
): SweepResult {
  if (state !== 'finished') return { ...run, state, accuracy: {} };
  const last = evaluations.map(({ protocol, accuracy }) => [protocol, accuracy.mean] as const);
  const learned = steps.flatMap(({ figures }) => figures['residual.rms'] ?? []);
  const residual = learned.reduce((sum, x) => sum + x, 0) / learned.length;
  return {
    ...run,
    state,
    accuracy: Object.fromEntries(last),
    ...(learned.length > 0 && { residual }),
    ...(bias && { bias }),
  };
}

/** One row a variant over its finished runs. */
export function tableOf(variants: readonly string[], runs: readonly SweepResult[]): SweepTable {
  const evaluations = [...new Set(runs.flatMap(({ accuracy }) => Object.keys(accuracy)))];
  const rows = variants.map((variant) => {
    const own = runs.filter((run) => run.variant === variant && run.state === 'finished');
    const of = (value: (run: SweepResult) => number | undefined): Spread | undefined =>
      spreadOf(own.flatMap((run) => value(run) ?? []));
    const accuracy = evaluations.flatMap((name) => {
      const spread = of((run) => run.accuracy[name]);
      return spread ? [[name, spread] as const] : [];
    });
    const residual = of((run) => run.residual);
    // Of some of its seeds it would stand beside accuracies of all.
    const asked = own.every(({ bias }) => bias);
    const [std, ratio] = [of((run) => run.bias?.std), of((run) => run.bias?.ratio)];
    return {
      variant,
      seeds: own.map(({ seed }) => seed),
      accuracy: Object.fromEntries(accuracy),
      ...(residual && { residual }),
      ...(asked && std && ratio && { bias: { std, ratio } }),
    };
  });
  return { evaluations, rows, runs: [...runs] };
}

/** The table as Markdown: accuracies in percent, mean and deviation over seeds. */
export function tableText({ evaluations, rows, runs }: SweepTable): string {
  const left = runs.filter(({ state }) => state !== 'finished').length;
  const grouped = rows.some(({ bias }) => bias !== undefined);
  const head = ['variant', 'seeds', ...evaluations, ...(grouped ? ['bias', 'max/min error'] : []), 'residual'];
  const lines = [
    head,
    head.map((_, i) => (i === 0 ? '---' : '---:')),
    ...rows.map(({ variant, seeds, accuracy, bias, residual }) => [
      variant,
      String(seeds.length),
      ...evaluations.map((name) => text(accuracy[name], 100, 2)),
      ...(grouped ? [text(bias?.std, 100, 3), text(bias?.ratio, 1, 2)] : []),
      text(residual, 1, 4),
    ]),
  ];
  const note =
    'Accuracy in percent, mean ± sample deviation over seeds. ' +
    (grouped ? 'Bias: standard deviation of the errors of groups of people (ddof 0), in percent. ' : '') +
    'Residual: root mean square of what was learned of each sample, ' +
    `mean over steps.${left > 0 ? ` ${left} of ${runs.length} runs are not finished.` : ''}`;
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n\n${note}\n`;
}

function text(spread: Spread | undefined, times: number, digits: number): string {
  if (spread === undefined) return '';
  if (spread.mean === Infinity) return '∞';
  const [mean, deviation] = [spread.mean, spread.deviation ?? 0].map((x) => (times * x).toFixed(digits));
  return spread.deviation === null ? mean! : `${mean} ± ${deviation}`;
}

function spreadOf(values: number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return {
    mean,
    deviation: values.length > 1 && Number.isFinite(squares) ? Math.sqrt(squares / (values.length - 1)) : null,
    values,
  };
}
