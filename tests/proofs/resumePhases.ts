import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../pipeline/recipes/config.ts';
import { tinyMeta } from '../fixtures/tinyMeta.ts';
import { killedAfter, remainsOf, trainOnce, type Course, type Remains } from './resume.ts';

/** A training in three phases, 20 steps long, as it is where nothing interrupts it. */
export interface PhasedTraining {
  root: string;
  /** Its two runs: the second begins with the weights of the first. */
  pretrain: Course & { whole: Remains };
  meta: Course & { whole: Remains };
}

/** Steps of the three phases: an epoch of pre-training, the warm-up of classifiers, and an epoch that learns margins. */
const PHASE_STEPS = { pretrain: 6, warmUp: 8, meta: 6 };
export const PHASED_STEPS = Object.values(PHASE_STEPS).reduce((sum, steps) => sum + steps);

/** Trains MvCoM on drawn faces, with a checkpoint after each step: what a run that is killed in any phase is compared with. */
export async function phasedTraining(): Promise<PhasedTraining> {
  const made = await tinyMeta();
  const { root } = made;
  const { pretrain, warmUp, meta } = PHASE_STEPS;
  const init = join(root, 'whole-pretrain');
  const course = async (name: string, steps: number, from: string, sets: readonly string[]) => {
    const config = join(root, `${name}.json`);
    const all = [...sets, 'train.epochs=1', 'checkpoint.everySteps=1', 'checkpoint.keep=2'];
    writeFileSync(config, JSON.stringify(await readConfig(from, all)));
    const run = join(root, `whole-${name}`);
    await trainOnce(root, { config }, run);
    return { name, config, steps, whole: remainsOf(run, steps) };
  };
  return {
    root,
    pretrain: await course('pretrain', pretrain, made.pretrain, []),
    meta: await course('meta', warmUp + meta, made.config, [`init=${init}`, `meta.variation.warmup=${warmUp}`]),
  };
}

/**
 * Kills such a training after each of its steps in turn.
 *
 * @param told what of a run was not as it should be, told after each
 * @returns runs of which anything was not
 */
export async function killedInPhases(told: (what: string, otherwise: readonly string[]) => void): Promise<number> {
  const { root, pretrain, meta } = await phasedTraining();
  let wrong = 0;
  for (const course of [pretrain, meta]) {
    for (let step = 1; step <= course.steps; step++) {
      const otherwise = await killedAfter(root, step, course.whole, course);
      if (otherwise.length > 0) wrong++;
      told(`step ${step} of ${course.name}`, otherwise);
    }
  }
  rmSync(root, { recursive: true, force: true });
  return wrong;
}
