import { of, type OperatorFunction } from 'rxjs';
import {
  architecture,
  classCentres,
  classVolume,
  cosFace,
  createModel,
  fillPool,
  keyedRandom,
  metaPool,
  metaStep,
  trainStep,
  VARIATION_CLASSES,
  variationClassifier,
  warmUpStep,
  type ArchitectureName,
  type MetaInput,
  type MetaStepOptions,
} from 'rxface/operators';
import { ensureEngine } from '../../engine/ensure.ts';
import { FACTORS, type Batch, type Factor, type Sample, type StepItem } from '../../items.ts';
import { randomBatch } from './randomBatch.ts';
import { peerResult, spread, type Result } from './result.ts';

export interface MetaBenchOptions {
  model: ArchitectureName;
  /** |B|; the meta batch is a quarter of it, and a sixteenth are candidates. */
  batch: number;
  classes: number;
  /** Slots of the pool. */
  pool: number;
  precision: 'float32' | 'bfloat16';
  /** Rounds, in each of which every step has its turn. */
  rounds: number;
}

/** The schedules that are timed: the exact one, and the cheapest. */
export const SCHEDULES = {
  S3: { pseudo: 'sgd', hypergrad: 'jvp' },
  S6: { pseudo: 'none', hypergrad: 'fdForward' },
} as const satisfies Record<string, Partial<MetaStepOptions>>;

/** Times whole MvCoM steps, mining, refresh and classifiers included, beside a CosFace step of the same batch, in turns. Differences are left out in bfloat16. */
export async function metaTimes(options: MetaBenchOptions, say: (line: string) => void): Promise<Result[]> {
  await ensureEngine({ say });
  const schedules = Object.entries(SCHEDULES).filter(
    ([, { hypergrad }]) => options.precision === 'float32' || hypergrad === 'jvp',
  );
  const runners = [openPlain(options), ...schedules.map(([, schedule]) => openMeta(options, schedule))];
  const names = ['CosFace', ...schedules.map(([name]) => name)];
  const times = runners.map((): number[] => []);
  try {
    // The first of each is the compiler's.
    for (const { step } of runners) step();
    for (let round = 1; round <= options.rounds; round++) {
      for (const [i, { step }] of runners.entries()) {
        const began = performance.now();
        step();
        times[i]!.push((performance.now() - began) / 1000);
      }
      const said = names.map((name, i) => `${name} ${times[i]!.at(-1)!.toFixed(3)} s`);
      say(`round ${round}: ${said.join(', ')}`);
    }
    const [plain, ...meta] = times as [number[], ...number[][]];
    return meta.map((series, i) => ({
      benchmark: 'meta',
      work: `MvCoM, ${names[i + 1]}, ${options.model}, batch ${options.batch}, ${options.precision}`,
      unit: 'seconds a step',
      ...spread(series),
      peers: [peerResult('CosFace', plain, series)],
    }));
  } finally {
    for (const { close } of runners) close();
  }
}

interface Runner {
  step(): void;
  close(): void;
}

const learning = { optimiser: { momentum: 0.9, weightDecay: 5e-4 }, schedule: () => 1e-3 };

function parts({ model: name, classes, precision }: MetaBenchOptions) {
  const model = createModel(architecture(name, { dropout: 0.4 }), { seed: 0, precision });
  return { model, centres: classCentres({ dimension: model.architecture.embedding, classes, seed: 0 }) };
}

function openPlain(options: MetaBenchOptions): Runner {
  const { model, centres } = parts(options);
  const step = trainStep({ model, centres, margin: cosFace({ m: 0.35 }), ...learning });
  const batch = randomBatch(options.batch, options.classes);
  return {
    step: () => once(step, batch),
    close: () => [step, centres, model].forEach((owner) => owner.dispose()),
  };
}

/** A whole MvCoM step on random faces, all labelled: pool filled, classifiers warmed up. */
export function openMeta(options: MetaBenchOptions, schedule: Pick<MetaStepOptions, 'pseudo' | 'hypergrad'>): Runner {
  const { model, centres } = parts(options);
  const { embedding: dimension, size } = model.architecture;
  const batch = labelled(randomBatch(options.batch, options.classes));
  const classifiers = FACTORS.map((factor) => variationClassifier({ factor, dimension, seed: 0, warmup: 1 }));
  once(warmUpStep({ model, classifiers }), batch);
  const pool = metaPool({ faces: options.pool, draws: 1, most: options.pool, size, dimension, seed: 0 });
  once(fillPool({ pool, model }), batch);
  const faces = facesOf(batch);
  const random = keyedRandom(0, 'bench', 0, 2);
  while (pool.filled < pool.slots) {
    const some = faces.slice(0, pool.slots - pool.filled);
    pool.put(some, new Float32Array(some.length * dimension).map(() => 2 * random() - 1)); // prettier-ignore
  }
  const margin = classVolume({ counts: new Array<number>(options.classes).fill(60) });
  const step = metaStep({ model, centres, margin, classifiers, pool, ...learning, ...schedule });
  const candidates = faces.slice(0, Math.max(1, Math.floor(options.batch / 16)));
  return {
    step: () => once(step, [batch, candidates] as MetaInput),
    close: () => [step, centres, model, ...classifiers].forEach((owner) => owner.dispose()),
  };
}

/** Sends one item through a synchronous stage. */
function once<I, O = StepItem>(stage: OperatorFunction<I, O>, item: I): void {
  let failure: unknown;
  of(item)
    .pipe(stage)
    .subscribe({ error: (error: unknown) => (failure = error) });
  if (failure !== undefined) throw failure;
}

function labelled(batch: Batch): Batch {
  const column = (factor: Factor): Int32Array => batch.labels.map((_, i) => i % VARIATION_CLASSES[factor]);
  return { ...batch, variation: Object.fromEntries(FACTORS.map((f) => [f, column(f)])) as Batch['variation'] };
}

function facesOf({ pixels, size, keys, ids, labels, variation }: Batch): Sample[] {
  const each = size[0] * size[1] * 3;
  return keys.map((key, i) => ({
    ...key,
    id: ids[i]!,
    label: labels[i]!,
    size,
    pixels: pixels.subarray(i * each, (i + 1) * each),
    variation: Object.fromEntries(FACTORS.map((factor) => [factor, variation[factor][i]!])),
  }));
}
