import { existsSync } from 'node:fs';
import { architecture } from '../../operators/net/model.ts';
import { startEngine } from '../../pipeline/engine/load.ts';
import { tar } from '../../sources/tar.ts';
import type { Finding } from './finding.ts';
import { furthestApart, lossesIn, movingAverage, type Course } from './precision.ts';
import type { Proof } from './prove.ts';

const FACES = '../shared/data/celeba299/celeba112.tar.gz';
/** The recipe's rate and warm-up (celeba-bollywood.yaml), the rate in the proportion of the batches. */
const COURSE: Omit<Course, 'seed'> = {
  architecture: architecture('ir18'),
  batch: 16,
  steps: 200,
  lr: 0.025,
  warmup: 200,
};
const SEEDS = [7, 8, 9];
const WINDOW = 20;
/** Share of float32's loss that bfloat16's may be away from it. */
const APART = 0.02;

/** The long form of precision.test.ts: on real faces, where they are at hand. */
export const precisionProof: Proof = {
  claim:
    'IR-18 of 112 x 112, batch 16, the first 200 steps of the recipe on 299 people of CelebA, from the same weights, batches and ' +
    `dropout in bfloat16 and in float32, three seeds: the moving average of the loss over ${WINDOW} steps is never more than 2 % away.`,
  async run(say) {
    if (!existsSync(FACES)) throw new Error(`this proof needs ${FACES}`);
    await startEngine();
    const findings: Finding[] = [];
    const notes: string[] = [];
    for (const seed of SEEDS) {
      const wide = await lossesIn('float32', tar(FACES), { ...COURSE, seed }, say);
      const short = await lossesIn('bfloat16', tar(FACES), { ...COURSE, seed }, say);
      const apart = furthestApart(short, wide, WINDOW);
      const what = `seed ${seed}: share over ${APART} that the losses are apart`;
      findings.push({ what, expected: 0, measured: Math.max(0, apart - APART), sigma: 0 });
      const [ours, theirs] = [movingAverage(short, WINDOW), movingAverage(wide, WINDOW)];
      const ends = [0, ours.length - 1].map((i) => `${ours[i]!.toFixed(3)} and ${theirs[i]!.toFixed(3)}`);
      notes.push(
        `Seed ${seed}: furthest apart ${(100 * apart).toFixed(2)} %; bfloat16 and float32 begin at ${ends.join(', end at ')}.`,
      );
    }
    return { findings, notes };
  },
};
