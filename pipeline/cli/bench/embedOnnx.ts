import { OnnxModel } from 'rxface/operators';
import { demandSame, findPeer, startPeer } from './peer.ts';
import { peakMemory } from './peakMemory.ts';
import type { Result } from './result.ts';
import { takeTurns } from './turns.ts';

export interface OnnxBenchOptions {
  /** The ONNX file. */
  model: string;
  /** How it takes its pixels, as `--input` has it; default: as it is recognised. */
  input?: string;
  batch: number;
  /** Batches in a round. */
  steps: number;
  rounds: number;
  /** A python that has onnxruntime; false: none; absent: python3 if it has. */
  peer?: string | false;
}

const WARM_UP = 2;
const UNIT = 'images a second';
/** Of an embedding's length: two builds of one runtime round differently. */
const ROUNDED = 1e-3;

/**
 * Measures how fast an ONNX recogniser embeds decoded images, from their bytes to its numbers, in turns with onnxruntime's Python on
 * the same file and the same images.
 *
 * @throws EngineError without onnxruntime-node; RxfaceError where the peer's embedding is another
 */
export async function onnxRate(options: OnnxBenchOptions, say: (line: string) => void): Promise<Result> {
  const { batch, steps, rounds } = options;
  const model = await OnnxModel.open(options.model, options.input);
  say(`bench: ${model.recognised}`);
  try {
    const pixels = drawnPixels(batch, model.architecture.size);
    const figures = await firstOf(model, pixels, batch);
    const python = options.peer === false ? undefined : await findPeer(options.peer, 'onnxruntime');
    const peer = python === undefined ? undefined : await startPeer(python, peerArguments(model, options), 'onnx.py');
    try {
      for (let i = 1; i < WARM_UP; i++) await model.embed(pixels, batch);
      const ours = {
        name: 'rxface',
        async turn() {
          const began = performance.now();
          for (let i = 0; i < steps; i++) await model.embed(pixels, batch);
          return (steps * batch * 1000) / (performance.now() - began);
        },
      };
      const theirs = peer === undefined ? [] : [{ name: peer.name, turn: () => peer.time(steps) }];
      const turns = await takeTurns(ours, theirs, { rounds, unit: UNIT, say });
      const apart = ROUNDED * figures['length']!;
      const what = (name: string): string => `the ${name} of an embedding`;
      if (peer !== undefined) demandSame('embed', { ours: figures, theirs: peer.figures, apart, what });
      const work = `${options.model.split('/').at(-1)}, batch ${batch}`;
      return { benchmark: 'embed', work, unit: UNIT, ...turns, peakBytes: await peakMemory() };
    } finally {
      await peer?.close();
    }
  } finally {
    model.dispose();
  }
}

/** Noise that every language draws alike: [n, H, W, 3]. */
export function drawnPixels(n: number, [height, width]: readonly [number, number]): Uint8Array {
  return Uint8Array.from({ length: n * height * width * 3 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24);
}

/** What tells the first image's embedding from another's. */
async function firstOf(model: OnnxModel, pixels: Uint8Array, batch: number): Promise<Record<string, number>> {
  const values = (await model.embed(pixels, batch)).subarray(0, model.architecture.embedding);
  return { length: Math.hypot(...values), first: values[0]!, last: values.at(-1)! };
}

function peerArguments({ input }: OnnxModel, { model, batch }: OnnxBenchOptions): string[] {
  const { channels, mean, std } = input;
  const told = { model, batch, channels, mean: mean.join(), std: std.join(), warmup: WARM_UP };
  return Object.entries(told).map(([key, value]) => `--${key}=${String(value)}`);
}
