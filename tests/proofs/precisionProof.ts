import { existsSync } from 'node:fs';
import { architecture } from '../../operators/net/model.ts';
import { startEngine } from '../../pipeline/engine/load.ts';
import { tar } from '../../sources/tar.ts';
import { furthestApart, lossesIn, movingAverage, type Course } from './precision.ts';
import type { Proof } from './prove.ts';

const FACES = '../shared/data/celeba299/celeba112.tar.gz';
const COURSE: Course = { architecture: architecture('ir18'), batch: 16, steps: 200, lr: 0.025 };
const WINDOW = 20;
/** Share of float32's loss that bfloat16's may be away from it. */
const APART = 0.02;

/** The long form of precision.test.ts: on real faces, where they are at hand. */
export const precisionProof: Proof = {
  claim:
    'IR-18 of 112 x 112, batch 16, 200 steps on 299 people of CelebA from the same weights, batches and dropout in bfloat16 and in ' +
    `float32: the moving average of the loss over ${WINDOW} steps is never more than 2 % away.`,
  async run(say) {
    if (!existsSync(FACES)) throw new Error(`this proof needs ${FACES}`);
    await startEngine();
    const wide = await lossesIn('float32', tar(FACES), COURSE, say);
    const short = await lossesIn('bfloat16', tar(FACES), COURSE, say);
    const apart = furthestApart(short, wide, WINDOW);
    const [ours, theirs] = [movingAverage(short, WINDOW), movingAverage(wide, WINDOW)];
    const at = [0, 20, 60, 100, 140, 180];
    return {
      findings: [
        { what: `share over ${APART} that the losses are apart`, expected: 0, measured: Math.max(0, apart - APART), sigma: 0 }, // prettier-ignore
      ],
      notes: [
        `Furthest apart: ${(100 * apart).toFixed(2)} %.`,
        ...at.map((i) => `Steps ${i + 1} to ${i + WINDOW}: bfloat16 ${ours[i]!.toFixed(4)}, float32 ${theirs[i]!.toFixed(4)}.`), // prettier-ignore
      ],
    };
  },
};
