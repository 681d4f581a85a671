import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { killedAfter, TRAIN_ONCE } from './resume.ts';
import { phasedTraining, type PhasedTraining } from './resumePhases.ts';

describe.skipIf(!existsSync(TRAIN_ONCE))(
  'a run of three phases, killed by SIGKILL (needs the build: npm run build)',
  () => {
    let training: PhasedTraining;

    beforeAll(async () => {
      training = await phasedTraining();
    });

    it.each([
      ['the pre-training', 'pretrain', 4],
      ['the warm-up', 'meta', 5],
      ['the meta phase', 'meta', 11],
    ] as const)('in %s and resumed is the uninterrupted one, byte for byte', async (_, part, step) => {
      const { root, [part]: course } = training;
      expect(await killedAfter(root, step, course.whole, course)).toEqual([]);
    });
  },
);
