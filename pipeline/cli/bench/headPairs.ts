import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import { adaFace, CENTRES, classCentres, cosFace, head, keyedRandom, type Margin } from 'rxface/operators';
import type { BenchOptions } from './benchmark.ts';
import { spread, type Result } from './result.ts';
import { open } from './train.ts';

/** The step it is a share of. */
const STEP: BenchOptions = { model: 'ir18', batch: 16, classes: 1000, precision: 'float32' };
const DIMENSION = 512;

/**
 * What AdaFace costs over CosFace: head and margin alone, one of each in pairs, (t_AdaFace - t_CosFace) over a whole step of IR-18.
 *
 * @param options.steps whole steps, whose median is divided by
 */
export function adaFaceOverCosFace(
  { pairs, steps, step = STEP }: { pairs: number; steps: number; step?: BenchOptions },
  say: (line: string) => void,
): Result {
  const whole = wholeStep(step, steps);
  const differences = differencesOf(pairs, step);
  const shares = differences.map((difference) => difference / whole);
  const mean = meanOf(shares);
  say(
    `a step of ${step.model} takes ${whole.toFixed(0)} ms, AdaFace ${(mean.value * whole).toFixed(3)} ms more than CosFace`,
  );
  const work = `AdaFace over CosFace, ${pairs} pairs, of a step of ${step.model}, batch ${step.batch}`;
  return { benchmark: 'head', work, unit: 'share of a step', ...spread(shares), peers: [], mean };
}

/** Milliseconds, the median. */
function wholeStep(options: BenchOptions, steps: number): number {
  const work = open(options);
  try {
    work.step();
    const taken = Array.from({ length: steps }, () => timed(() => work.step()));
    return spread(taken).median;
  } finally {
    work.close();
  }
}

/** Milliseconds by which AdaFace's head takes longer, pair by pair; who begins changes from pair to pair. */
function differencesOf(pairs: number, { batch, classes }: BenchOptions): number[] {
  const random = keyedRandom(0, 'bench pairs', 0, 0);
  const embeddings = Float32Array.from({ length: batch * DIMENSION }, () => 2 * random() - 1);
  const labels = Int32Array.from({ length: batch }, () => Math.floor(random() * classes));
  const centres = classCentres({ dimension: DIMENSION, classes, seed: 0 });
  const margins = [adaFace({ s: 64, m: 0.4 }), cosFace({ s: 64, m: 0.4 })] as const;
  const take = (margin: Margin): number =>
    timed(() =>
      tidy(() => {
        const embedding = tensor2d(embeddings, [batch, DIMENSION]);
        head({ embedding, kernel: centres.params[CENTRES], labels, margin }).dKernel.dataSync();
      }),
    );
  try {
    for (let i = 0; i < 10; i++) for (const margin of margins) take(margin);
    return Array.from({ length: pairs }, (_, i) => {
      const [ada, cos] = margins;
      if (i % 2 === 0) {
        const first = take(ada);
        return first - take(cos);
      }
      const first = take(cos);
      return take(ada) - first;
    });
  } finally {
    centres.dispose();
    for (const { state } of margins) state?.dispose();
  }
}

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

/** Mean with the 95 % interval of its normal approximation. */
export function meanOf(values: readonly number[]): { value: number; low: number; high: number } {
  const value = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - value) ** 2, 0) / (values.length - 1);
  const half = 1.96 * Math.sqrt(variance / values.length);
  return { value, low: value - half, high: value + half };
}
