import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { RxfaceError } from '../../errors.ts';
import { peerArguments, workText, type BenchOptions } from './benchmark.ts';
import { findPeer, startPeer } from './peer.ts';
import type { Result } from './result.ts';
import { takeTurns } from './turns.ts';

export interface MemoryBenchOptions extends BenchOptions {
  /** Steps of a process; the first few find the most. */
  steps: number;
  /** Processes of each side. */
  rounds: number;
  peer?: string | false;
}

/**
 * Measures the most memory that a process holds which does nothing but training steps: a fresh process each time, in turns with
 * PyTorch's. Libraries and the runtime are counted on both sides.
 */
export async function memoryOfStep(options: MemoryBenchOptions, say: (line: string) => void): Promise<Result> {
  const { steps, rounds } = options;
  const python = options.peer === false ? undefined : await findPeer(options.peer);
  const ours = { name: 'rxface', turn: () => ourPeak(options) };
  const theirs =
    python === undefined
      ? []
      : ['channels_last', 'contiguous'].map((layout) => ({
          name: `PyTorch, ${layout}`,
          turn: () => theirPeak(python, peerArguments('train', options, { layout }), steps),
        }));
  const turns = await takeTurns(ours, theirs, { rounds, unit: 'MB', say });
  return { benchmark: 'memory', work: `train ${workText('train', options)}`, unit: 'peak resident MB', ...turns };
}

async function ourPeak({ model, batch, classes, precision, recompute, steps }: MemoryBenchOptions): Promise<number> {
  const told = { model, batch, classes, precision, steps, rounds: 1 };
  return (await peakOf('train', told, [...(recompute ? ['--recompute'] : []), '--no-peer'])) / 1e6;
}

/** Most bytes that a fresh process holds which does one benchmark alone. */
export async function peakOf(
  name: string,
  told: Record<string, string | number>,
  flags: readonly string[],
): Promise<number> {
  return (await resultAlone(name, told, flags)).peakBytes!;
}

/** What a fresh process finds which does one benchmark alone: its first result. */
export async function resultAlone(
  name: string,
  told: Record<string, string | number>,
  flags: readonly string[],
): Promise<Result> {
  const main = join(
    dirname(createRequire(import.meta.url).resolve('rxface/package.json')),
    'dist/pipeline/cli/main.js',
  );
  const words = Object.entries(told).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const child = spawn(process.execPath, [main, 'bench', name, ...words, ...flags, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new RxfaceError(`bench: the process of bench ${name} ended with ${code}: ${err.trim()}`);
  const { results } = JSON.parse(out) as { results: [Result] };
  return results[0];
}

async function theirPeak(python: string, args: readonly string[], steps: number): Promise<number> {
  const peer = await startPeer(python, args);
  try {
    await peer.time(steps);
    return peer.peakBytes / 1e6;
  } finally {
    await peer.close();
  }
}
