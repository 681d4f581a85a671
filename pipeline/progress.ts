import type { RunReport } from './report.ts';

/** How long work stands, for its progress line. */
export interface Standing {
  /** What is counted: 'images'. */
  unit: string;
  done: number;
  total?: number;
  /** Units a second. */
  rate?: number;
  /** Figures by name: { loss: 5.2 }. */
  figures?: Readonly<Record<string, number>>;
  /** Stage that spends the largest share of the time at work. */
  limiting?: string;
  /** Seconds until all is done. */
  left?: number;
}

/** One calm line that tells how long work stands. */
export interface Progress {
  /** Shows the standing: rewrites the line on a terminal, elsewhere prints one every ten seconds. */
  show(standing: Standing): void;
  /** Prints a line that stays. */
  note(line: string): void;
  /** Ends the line; may be called again. */
  end(): void;
}

/**
 * Shows how a run stands by the items of one node: what `run` takes as `onProgress`.
 *
 * @param of.node whose items count. Default: the last one's
 * @param of.each units an item of that node stands for. Default 1
 * @param of.from units done before this run began. Default 0
 */
export function showRun(
  progress: Progress | undefined,
  of: { unit: string; total: number; node?: string; each?: number; from?: number },
): (report: RunReport) => void {
  const { unit, total, node, each = 1, from = 0 } = of;
  return ({ nodes, seconds, limiting }) => {
    const counted = node === undefined ? nodes.at(-1) : nodes.find(({ name }) => name === node);
    const moved = Math.min(total - from, (counted?.items ?? 0) * each);
    const rate = moved / seconds;
    progress?.show({ unit, done: from + moved, total, rate, limiting, left: (total - from - moved) / rate });
  };
}

/** Where progress goes: a terminal or a file, never where results go. */
export type ProgressStream = Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean; columns?: number };

const TERMINAL_SECONDS = 0.2;
const FILE_SECONDS = 10;

/**
 * Begins a progress line.
 *
 * @param stream default stderr
 * @param now clock in milliseconds, for tests
 */
export function createProgress(stream: ProgressStream = process.stderr, now: () => number = Date.now): Progress {
  const terminal = stream.isTTY === true;
  const pause = (terminal ? TERMINAL_SECONDS : FILE_SECONDS) * 1000;
  let last = -Infinity;
  let open = false;
  const clear = (): void => {
    if (open) stream.write('\r\x1b[K');
    open = false;
  };
  return {
    show(standing) {
      if (now() - last < pause) return;
      last = now();
      const line = standingLine(standing);
      if (!terminal) return void stream.write(`${line}\n`);
      stream.write(`\r\x1b[K${line.slice(0, (stream.columns ?? 120) - 1)}`);
      open = true;
    },
    note(line) {
      clear();
      stream.write(`${line}\n`);
    },
    end: clear,
  };
}

/** A standing in words: '1,240/2,232 images, 162 a second, loss 5.123, limited by step, 7 min left'. */
export function standingLine({ unit, done, total, rate, figures, limiting, left }: Standing): string {
  const parts = [`${count(done)}${total === undefined ? '' : `/${count(total)}`} ${unit}`];
  if (rate !== undefined) parts.push(`${rate < 10 ? rate.toFixed(1) : count(Math.round(rate))} a second`);
  for (const [name, figure] of Object.entries(figures ?? {})) parts.push(`${name} ${figure.toPrecision(4)}`);
  if (limiting !== undefined) parts.push(`limited by ${limiting}`);
  if (left !== undefined && Number.isFinite(left)) parts.push(`${duration(left)} left`);
  return parts.join(', ');
}

/** Seconds as people say them: '45 s', '12 min', '3 h 20 min'. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 100) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const count = (value: number): string => value.toLocaleString('en-GB');
