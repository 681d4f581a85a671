/** Median, least and most of what the rounds gave. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** Somebody else at the same work, in turns with us. */
export interface PeerResult extends Spread {
  name: string;
  /** Ours over theirs, pair by pair; what a pair is, is two turns one after the other. */
  ratio: Spread & { pairs: number[] };
}

/** What one op of TensorFlow takes in a step. */
export interface OpTime {
  op: string;
  calls: number;
  milliseconds: number;
  /** Of the step, in [0, 1]. */
  share: number;
}

/** One piece of work, measured. */
export interface Result extends Spread {
  benchmark: string;
  work: string;
  unit: string;
  peers: PeerResult[];
  /** Most memory that the process has held so far, in bytes, where its work is a training step or an embedding. */
  peakBytes?: number;
  /** Resident memory of the process in MB after each epoch. */
  residentMB?: number[];
  ops?: OpTime[];
  /** What the work found, where it is that of others too: who scores faster must score the same. */
  figures?: Readonly<Record<string, number>>;
  /** Mean of what the rounds gave, with its 95 % interval, where that is the figure. */
  mean?: { value: number; low: number; high: number };
}

/** Median, least and most. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const median = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** A peer's turns beside ours. */
export function peerResult(name: string, theirs: readonly number[], ours: readonly number[]): PeerResult {
  const pairs = theirs.map((other, i) => ours[i]! / other);
  return { name, ...spread(theirs), ratio: { ...spread(pairs), pairs } };
}

const WIDTH = 60;

/** Results for people: those of one benchmark and unit under one heading. */
export function resultsText(results: readonly Result[]): string {
  return results
    .flatMap((result, i) => {
      const { benchmark, unit, work, peers, peakBytes, residentMB, ops = [], mean } = result;
      const before = results[i - 1];
      const follows = before?.benchmark === benchmark && before.unit === unit;
      return [
        ...(follows ? [] : [`${benchmark}: ${unit}, median (least to most)`]),
        line(work, result),
        ...peers.flatMap(({ name, ratio, ...theirs }) => [
          line(`  ${name}`, theirs),
          `${line('  ratio', ratio, 2)}, by pair ${ratio.pairs.map((one) => one.toFixed(2)).join(' ')}`,
        ]),
        ...(mean
          ? [
              `${'  mean (95 % interval)'.padEnd(WIDTH)} ${[mean.value, mean.low, mean.high].map((x) => x.toFixed(4)).join(' ')}`,
            ]
          : []),
        ...(peakBytes === undefined ? [] : [`${'  peak resident memory'.padEnd(WIDTH)} ${mega(peakBytes)} MB`]),
        ...(residentMB === undefined ? [] : [`  MB resident after each epoch: ${residentMB.join(', ')}`]),
        ...ops.map(
          ({ op, calls, milliseconds, share }) =>
            `  ${op.padEnd(WIDTH - 22)} ${`${Math.round(calls)} calls`.padStart(10)} ${milliseconds.toFixed(2).padStart(9)} ms ${(100 * share).toFixed(1).padStart(6)} %`,
        ),
      ];
    })
    .join('\n');
}

function line(name: string, { median, min, max }: Spread, digits = digitsOf(median)): string {
  return `${name.padEnd(WIDTH)} ${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}

/** Three figures that count, or all before the point. */
function digitsOf(value: number): number {
  return value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
}

function mega(bytes: number): string {
  return Math.round(bytes / 1e6).toLocaleString('en-GB');
}
