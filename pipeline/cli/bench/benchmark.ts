import { availableParallelism } from 'node:os';
import type { ArchitectureName } from 'rxface/operators';
import { ensureEngine } from '../../engine/ensure.ts';
import { findPeer, startPeer } from './peer.ts';

/** What every benchmark of the network is told; what it does not need it ignores. */
export interface BenchOptions {
  model: ArchitectureName;
  batch: number;
  classes: number;
  precision: 'float32' | 'bfloat16';
}

/** Work that is timed: `step` does it once and returns when it is done. */
export interface Benchmark {
  step(): void;
  close(): void;
}

export interface MeasureOptions extends BenchOptions {
  /** Steps in a round. */
  steps: number;
  /** Rounds that are timed. */
  rounds: number;
  /** A python that has torch; false: none; absent: python3 if it has. */
  peer?: string | false;
}

export interface Spread {
  median: number;
  min: number;
  max: number;
}

export interface Measured {
  benchmark: string;
  model: string;
  batch: number;
  precision: string;
  engine: string;
  imagesPerSecond: Spread;
  /** PyTorch doing the same, in turns with us; `ratio` is ours over its, round by round. */
  peer?: { name: string; imagesPerSecond: Spread };
  ratio?: Spread & { rounds: number[] };
}

/** Steps of each side before the first that counts. */
const WARM_UP = 2;

/** Times a benchmark, in turns with its peer where there is one. */
export async function measure(
  name: 'train' | 'embed',
  options: MeasureOptions,
  say: (line: string) => void,
): Promise<Measured> {
  const { model, batch, classes, precision, steps, rounds } = options;
  const engine = await ensureEngine({ say });
  const { open } = name === 'train' ? await import('./train.ts') : await import('./embed.ts');
  const python = options.peer === false ? undefined : await findPeer(options.peer);
  // As many threads as TensorFlow takes.
  const told = { work: name, model, batch, classes, precision, threads: availableParallelism(), warmup: WARM_UP };
  const args = Object.entries(told).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const work = open(options);
  const peer = python === undefined ? undefined : await startPeer(python, args);
  try {
    for (let i = 0; i < WARM_UP; i++) work.step();
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      const began = performance.now();
      for (let i = 0; i < steps; i++) work.step();
      ours.push((steps * batch * 1000) / (performance.now() - began));
      if (peer) theirs.push(await peer.time(steps));
      say(`round ${round}: ${rate(ours.at(-1)!)}${peer ? `, ${peer.name} ${rate(theirs.at(-1)!)}` : ''}`);
    }
    const ratios = theirs.map((other, i) => ours[i]! / other);
    return {
      benchmark: name,
      model,
      batch,
      precision,
      engine: engine.tensorflow === null ? engine.backend : `${engine.backend}, TensorFlow ${engine.tensorflow}`,
      imagesPerSecond: spread(ours),
      ...(peer && {
        peer: { name: peer.name, imagesPerSecond: spread(theirs) },
        ratio: { ...spread(ratios), rounds: ratios },
      }),
    };
  } finally {
    work.close();
    await peer?.close();
  }
}

/** Median, least and most. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const median = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

function rate(value: number): string {
  return `${value.toFixed(2)} images/s`;
}
