import { tensor2d, tidy, type Scalar } from '@tensorflow/tfjs-core';
import { CENTRES, classCentres, cosFace, head, keyedRandom, sampledCentres, sgd } from 'rxface/operators';
import { ensureEngine } from '../../engine/ensure.ts';
import type { Benchmark, BenchOptions } from './benchmark.ts';
import { adaFaceOverCosFace } from './headPairs.ts';
import { peakOf } from './memory.ts';
import { peakMemory } from './peakMemory.ts';
import { spread, type Result } from './result.ts';
import { takeTurns, type Contender } from './turns.ts';

export interface HeadBenchOptions {
  /** People of the largest head, of whom a share takes part in a step. */
  classes: number;
  rate: number;
  batch: number;
  dimension: number;
  /** Steps of a turn. */
  steps: number;
  rounds: number;
  /** Pairs of AdaFace's head and CosFace's. */
  pairs: number;
  /** The largest head and nothing else. */
  alone?: boolean;
  /** The step of a network that AdaFace's cost is a share of. Default: IR-18's, batch 16. */
  step?: BenchOptions;
}

const UNIT = 'milliseconds a step';
/** Steps of each head before the first that counts: memory is made, and what is fused compiled. */
const WARM_UP = 2;

/** Heads that take turns: a sample of many people, all of as many as the sample, all of a hundredth. */
interface HeadSize {
  classes: number;
  rate?: number;
}

/**
 * Measures a step of the head without a network before it: CosFace, gradients by embeddings and centres, and SGD with momentum
 * and weight decay on the centres. A sample of many people takes turns with all of as many people as the sample has, and with
 * all of a hundredth; the most memory each takes is that of a fresh process. Then what AdaFace costs over CosFace.
 *
 * @param done told the results as they come
 */
export async function headTimes(
  options: HeadBenchOptions,
  { say, done }: { say: (line: string) => void; done: (results: readonly Result[]) => void },
): Promise<Result[]> {
  await ensureEngine({ say });
  const { classes, rate, rounds, pairs, step } = options;
  const sampled: HeadSize = rate < 1 ? { classes, rate } : { classes };
  if (options.alone) {
    const [result] = await inTurns([sampled], options, say);
    return [{ ...result!, peakBytes: await peakMemory() }];
  }
  const sizes = [
    sampled,
    { classes: Math.max(2, Math.round(rate * classes)) },
    { classes: Math.max(2, Math.ceil(classes / 100)) },
  ];
  const results = await inTurns(sizes, options, say);
  for (const [i, size] of sizes.entries()) {
    const { batch, dimension } = options;
    // The first steps find the most memory.
    const told = { classes: size.classes, rate: size.rate ?? 1, batch, dimension, steps: 1, rounds: 1 };
    results[i]!.peakBytes = await peakOf('head', told, ['--alone']);
    say(`${results[i]!.work}: ${Math.round(results[i]!.peakBytes! / 1e6)} MB`);
  }
  done(results);
  return [...results, adaFaceOverCosFace({ pairs, steps: rounds, ...(step && { step }) }, say)];
}

/** The first in turns with the others; each of them has a result of its own. */
async function inTurns(
  sizes: readonly HeadSize[],
  options: HeadBenchOptions,
  say: (line: string) => void,
): Promise<Result[]> {
  const { steps, rounds } = options;
  const heads = sizes.map((size) => openHead(size, options));
  try {
    for (const { step } of heads) for (let i = 0; i < WARM_UP; i++) step();
    const figures = sizes.map((): number[] => []);
    const contenders = heads.map(({ step }, at): Contender => ({
      name: workText(sizes[at]!, options),
      turn() {
        const began = performance.now();
        for (let i = 0; i < steps; i++) step();
        const took = (performance.now() - began) / steps;
        figures[at]!.push(took);
        return took;
      },
    }));
    const [first, ...others] = contenders;
    const turns = await takeTurns(first!, others, { rounds, unit: UNIT, say });
    return contenders.map(({ name: work }, i) => ({
      benchmark: 'head',
      work,
      unit: UNIT,
      ...(i === 0 ? turns : { ...spread(figures[i]!), peers: [] }),
    }));
  } finally {
    for (const { close } of heads) close();
  }
}

function workText({ classes, rate }: HeadSize, { batch, dimension }: HeadBenchOptions): string {
  const taking = rate === undefined ? 'all' : `a sample of ${rate}`;
  return `${classes.toLocaleString('en-GB')} people x ${dimension}, ${taking}, batch ${batch}`;
}

/** A step of random embeddings that moves the centres; the same in each process. */
function openHead({ classes, rate }: HeadSize, { batch, dimension }: HeadBenchOptions): Benchmark {
  const random = keyedRandom(0, 'bench head', 0, 0);
  const embeddings = Float32Array.from({ length: batch * dimension }, () => 2 * random() - 1);
  const labels = Int32Array.from({ length: batch }, () => Math.floor(random() * classes));
  const size = { dimension, classes, seed: 0 };
  const dense = rate === undefined ? classCentres(size) : undefined;
  const sampled = rate === undefined ? undefined : sampledCentres({ ...size, rate });
  const optimiser = sgd({ momentum: 0.9, weightDecay: 5e-4 });
  const margin = cosFace({ s: 64, m: 0.35 });
  const spec = { name: CENTRES, role: 'weight' } as const;
  let step = 0;
  return {
    step() {
      tidy(() => {
        const taken = sampled?.take(labels, { seed: 0, step: step++ });
        const given = taken ?? { kernel: dense!.params[CENTRES], labels };
        const out = head({ embedding: tensor2d(embeddings, [batch, dimension]), margin, ...given });
        const group = taken
          ? { ...spec, ...taken, rows: taken.kernel, along: out.along }
          : { params: dense!.params, specs: [spec] };
        optimiser.update([group], { [CENTRES]: out.dKernel }, 0.01);
        waitFor(out.loss);
      });
    },
    close() {
      for (const owner of [optimiser, dense, sampled]) owner?.dispose();
    },
  };
}

/** Until the device has done all that was sent. */
export function waitFor(loss: Scalar): void {
  if (!Number.isFinite(loss.dataSync()[0])) throw new Error('bench head: the loss is not a finite number');
}
