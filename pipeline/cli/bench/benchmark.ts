import { availableParallelism } from 'node:os';
import type { ArchitectureName } from 'rxface/operators';
import { ensureEngine } from '../../engine/ensure.ts';
import { profileOps } from '../../engine/profile.ts';
import { findPeer, startPeer, type Peer } from './peer.ts';
import { peakMemory } from './peakMemory.ts';
import type { OpTime, Result } from './result.ts';
import { takeTurns } from './turns.ts';

/** What every benchmark of the network is told; what it does not need it ignores. */
export interface BenchOptions {
  model: ArchitectureName;
  batch: number;
  classes: number;
  precision: 'float32' | 'bfloat16';
  /** Whether blocks are computed again on the way back. */
  recompute?: boolean;
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
  /** Adds what every op of a step takes. */
  profile?: boolean;
}

export type NetworkBenchmark = 'train' | 'embed';

/** Steps of each side before the first that counts. */
const WARM_UP = 2;
const UNIT = 'images a second';

/** How PyTorch does it: in float32 in both of its layouts, in bfloat16 in the faster one, with autocast and, embedding, with weights in it. */
const WAYS: Record<BenchOptions['precision'], Record<NetworkBenchmark, Record<string, string>[]>> = {
  float32: {
    train: [{ layout: 'channels_last' }, { layout: 'contiguous' }],
    embed: [{ layout: 'channels_last' }, { layout: 'contiguous' }],
  },
  bfloat16: {
    train: [{ layout: 'channels_last', cast: 'autocast' }],
    embed: [
      { layout: 'channels_last', cast: 'weights' },
      { layout: 'channels_last', cast: 'autocast' },
    ],
  },
};

/** Times a benchmark of the network, in turns with its peers where there are any. */
export async function measure(
  name: NetworkBenchmark,
  options: MeasureOptions,
  say: (line: string) => void,
): Promise<Result> {
  const { batch, steps, rounds } = options;
  await ensureEngine({ say });
  const { open } = name === 'train' ? await import('./train.ts') : await import('./embed.ts');
  const work = open(options);
  const peers: Peer[] = [];
  try {
    const python = options.peer === false ? undefined : await findPeer(options.peer);
    if (python !== undefined) {
      for (const way of WAYS[options.precision][name]) {
        peers.push(await startPeer(python, peerArguments(name, options, way)));
      }
    }
    for (let i = 0; i < WARM_UP; i++) work.step();
    const ours = {
      name: 'rxface',
      turn: () => {
        const began = performance.now();
        for (let i = 0; i < steps; i++) work.step();
        return (steps * batch * 1000) / (performance.now() - began);
      },
    };
    const theirs = peers.map((peer) => ({ name: peer.name, turn: () => peer.time(steps) }));
    const turns = await takeTurns(ours, theirs, { rounds, unit: UNIT, say });
    const peakBytes = await peakMemory();
    const ops = options.profile ? opTimes(work, steps) : undefined;
    return { benchmark: name, work: workText(name, options), unit: UNIT, ...turns, peakBytes, ...(ops && { ops }) };
  } finally {
    work.close();
    for (const peer of peers) await peer.close();
  }
}

/** What the same work is called in PyTorch's script; as many threads as TensorFlow takes. */
export function peerArguments(
  name: NetworkBenchmark,
  { model, batch, classes, precision }: BenchOptions,
  way: Record<string, string> = {},
): string[] {
  const threads = availableParallelism();
  const told = { work: name, model, batch, classes, precision, threads, warmup: WARM_UP, ...way };
  return Object.entries(told).flatMap(([key, value]) => [`--${key}`, String(value)]);
}

/** 'ir18, batch 16, 1,000 classes, float32'. */
export function workText(
  name: NetworkBenchmark,
  { model, batch, classes, precision, recompute }: BenchOptions,
): string {
  const head = name === 'train' ? [`${classes.toLocaleString('en-GB')} classes`] : [];
  return [model, `batch ${batch}`, ...head, precision, ...(recompute ? ['recomputing'] : [])].join(', ');
}

function opTimes(work: Benchmark, steps: number): OpTime[] {
  const began = performance.now();
  const times = profileOps(() => {
    for (let i = 0; i < steps; i++) work.step();
  });
  const step = (performance.now() - began) / steps;
  const rows = [...times].map(([op, { calls, milliseconds }]) => ({
    op,
    calls: calls / steps,
    milliseconds: milliseconds / steps,
  }));
  const inside = rows.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const outside = { op: 'JavaScript', calls: 1, milliseconds: step - inside };
  return [...rows, outside].map((row) => ({ ...row, share: row.milliseconds / step }));
}
