import { tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { ensureEngine, OptionError, type Sample } from 'rxface';
import { CENTRES, cosFace, head, keyedRandom, type Centres, type Margin, type Model } from 'rxface/operators';
import type { IndexedSource } from 'rxface/sources';
import { readConfig } from './config.ts';
import { redraw } from './redraw.ts';
import { configOf } from './runFolder.ts';
import type { Config } from './schema.ts';
import { newLearner } from './training.ts';

/** The loss of one run over people with as many images each. */
export interface VolumeLoss {
  run: string;
  method: string;
  /** By images of a person: mean loss with the run's own margin, and with one margin for all runs. */
  points: { images: number; faces: number; own: number; same: number }[];
}

export interface VolumeLossOptions {
  runs: readonly string[];
  /** Of the first run: data and faces. */
  config: Config;
  faces: IndexedSource;
  /** Images of each person. */
  counts: ArrayLike<number>;
  say: (line: string) => void;
}

/** Faces that stand for all, and groups of people. */
const FACES = 1024;
const GROUPS = 8;
const BATCH = 64;
/** The margin all runs are compared with: CosFace's. */
const SAME = 0.35;

/**
 * The identification loss of trained runs by how many images a person has (MvCoM, Fig 3b), over the same faces for all of them, without
 * augmentation and with the running statistics. They are faces of the training set: no others of its people are known.
 *
 * A margin of a class (LDAM, class volume) is in it; residuals are not, which exist in a training step alone.
 *
 * @throws FileError, OptionError where a run has no checkpoint, has other people, or trains a sample of the centres a step
 */
export async function lossByVolume({ runs, config, faces, counts, say }: VolumeLossOptions): Promise<VolumeLoss[]> {
  const groups = groupsOf(faces, counts, config.train.seed);
  const engine = await ensureEngine({ say });
  const { size } = config.model;
  const keys = groups.flat().map((index) => ({ epoch: 0, position: 0, index }));
  const drawn: Sample[] = [];
  const as = { seed: 0, stage: 'prepare', size, augment: {}, threads: 0 };
  await redraw({ faces, keys, ...as }, (face) => drawn.push(face));
  const losses: VolumeLoss[] = [];
  for (const run of runs) {
    const own = await readConfig(configOf(run));
    const quiet = { people: faces.classes!, images: faces.length!, counts, engine, say: () => {} };
    const learner = await newLearner({ ...quiet, config: { ...own, init: run } });
    try {
      const { model, centres } = learner;
      if (!('params' in centres)) {
        const expected = 'a training in whose steps all class centres take part, without head.sample';
        throw new OptionError('report margins', 'run', expected, run);
      }
      const same = cosFace({ s: learner.margin.scale, m: SAME });
      const [mine, all] = [learner.margin, same].map((margin) => lossesOf({ model, centres, margin }, drawn, size));
      let at = 0;
      const points = groups.map((group) => {
        const [from, to] = [at, (at += group.length)];
        const mean = (values: readonly number[]): number =>
          values.slice(from, to).reduce((sum, x) => sum + x, 0) / group.length;
        const images = group.reduce((sum, index) => sum + counts[faces.labels[index]!]!, 0) / group.length;
        return { images, faces: group.length, own: mean(mine!), same: mean(all!) };
      });
      losses.push({ run, method: own.meta ? `${own.head.name} + ${own.meta.rule.name}` : own.head.name, points });
    } finally {
      learner.dispose();
    }
  }
  return losses;
}

/** Faces drawn from equally large groups, from the people with the fewest images to those with the most. */
function groupsOf(faces: IndexedSource, counts: ArrayLike<number>, seed: number): number[][] {
  const random = keyedRandom(seed, 'margins', 0, 0);
  const order = Array.from(faces.labels, (label, index) => ({ index, count: counts[label]!, draw: random() }));
  const sorted = order.toSorted((a, b) => a.count - b.count || a.draw - b.draw);
  return Array.from({ length: GROUPS }, (_, g) => {
    const [from, to] = [g, g + 1].map((edge) => Math.floor((edge * sorted.length) / GROUPS));
    const some = sorted.slice(from, to).toSorted((a, b) => a.draw - b.draw);
    return some.slice(0, FACES / GROUPS).map(({ index }) => index);
  }).filter((group) => group.length > 0);
}

function lossesOf(
  { model, centres, margin }: { model: Model; centres: Centres; margin: Margin },
  faces: readonly Sample[],
  size: readonly [number, number],
): number[] {
  const each = size[0] * size[1] * 3;
  const losses: number[] = [];
  for (let at = 0; at < faces.length; at += BATCH) {
    const some = faces.slice(at, at + BATCH);
    const pixels = new Uint8Array(some.length * each);
    for (const [i, face] of some.entries()) pixels.set(face.pixels!, i * each);
    const labels = Int32Array.from(some, ({ label }) => label);
    const probability = tidy(() => {
      const embedding = model.embed(model.normalise(pixels, some.length, size)) as Tensor2D;
      return head({ embedding, kernel: centres.params[CENTRES], labels, margin }).probability.dataSync<'float32'>();
    });
    for (const p of probability) losses.push(-Math.log(Math.max(p, 1e-38)));
  }
  return losses;
}
