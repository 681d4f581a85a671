import { tensor2d } from '@tensorflow/tfjs-core';
import {
  architecture,
  keyedRandom,
  metaPool,
  mine,
  VARIATION_CLASSES,
  variationClassifier,
  type ArchitectureName,
  type MiningMode,
} from 'rxface/operators';
import { ensureEngine } from '../../engine/ensure.ts';
import { FACTORS, type Factor, type Sample } from '../../items.ts';
import { peerResult, spread, type Result } from './result.ts';
import { open } from './train.ts';

export interface MineBenchOptions {
  model: ArchitectureName;
  batch: number;
  /** Slots of the pool. */
  pool: number;
  mode: MiningMode;
  precision: 'float32' | 'bfloat16';
  /** Pairs of a training step and a mining of the same batch size. */
  rounds: number;
}

/** Times what mining a meta batch costs beside a training step of the same batch (CosFace, 1,000 people), in turns. */
export async function mineTimes(options: MineBenchOptions, say: (line: string) => void): Promise<Result> {
  const { model, batch, pool, precision, rounds } = options;
  await ensureEngine({ say });
  const step = open({ model, batch, classes: 1000, precision });
  const mining = openMining(options);
  const times = { mining: [] as number[], step: [] as number[] };
  const timed = (work: () => void, into: number[]): void => {
    const began = performance.now();
    work();
    into.push(performance.now() - began);
  };
  try {
    // The first of each is the compiler's.
    for (const work of [mining.step, step.step]) work();
    for (let round = 1; round <= rounds; round++) {
      timed(step.step, times.step);
      timed(mining.step, times.mining);
      say(`round ${round}: step ${times.step.at(-1)!.toFixed(0)} ms, mining ${times.mining.at(-1)!.toFixed(1)} ms`);
    }
    return {
      benchmark: 'mine',
      work: `mining for four variations, ${model}, batch ${batch}, pool of ${pool}`,
      unit: 'milliseconds',
      ...spread(times.mining),
      peers: [peerResult(`its training step, ${precision}`, times.step, times.mining)],
    };
  } finally {
    step.close();
    mining.close();
  }
}

/** Mining over a pool of random embeddings, all labelled, with every variation's classifier. */
export function openMining({ model, batch, pool: slots, mode }: Omit<MineBenchOptions, 'precision' | 'rounds'>): {
  step(): void;
  close(): void;
} {
  const { embedding: dimension, size } = architecture(model);
  const random = keyedRandom(0, 'bench', 0, 1);
  const embeddings = (rows: number): Float32Array => new Float32Array(rows * dimension).map(() => 2 * random() - 1);
  const pixels = new Uint8Array(size[0] * size[1] * 3).map(() => Math.floor(256 * random()));
  const faces = Array.from({ length: slots }, (_, index): Sample => {
    const labels = FACTORS.map((factor): [Factor, number] => [factor, index % VARIATION_CLASSES[factor]]);
    return { epoch: 0, position: index, index, id: `${index}`, label: -1, pixels, size, variation: Object.fromEntries(labels) }; // prettier-ignore
  });
  const pool = metaPool({ faces: slots, draws: 1, most: slots, size, dimension, seed: 0 });
  pool.put(faces, embeddings(slots));
  const queries = tensor2d(embeddings(batch), [batch, dimension]);
  const classifiers = FACTORS.map((factor) => variationClassifier({ factor, dimension, seed: 0, warmup: 1 }));
  for (const classifier of classifiers) {
    const labels = new Int32Array(batch).map((_, i) => i % classifier.classes);
    classifier.update(queries, labels)?.dispose();
  }
  let iteration = 0;
  return {
    step: () => void mine({ pool, classifiers, embeddings: queries, mode, seed: 0, iteration: iteration++ }),
    close: () => {
      for (const owner of [queries, ...classifiers]) owner.dispose();
    },
  };
}
