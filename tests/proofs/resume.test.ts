import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { killedAfter, remainsOf, resumeGround, TRAIN_ONCE, trainOnce, type Remains } from './resume.ts';

describe.skipIf(!existsSync(TRAIN_ONCE))('a run killed by SIGKILL and resumed (needs the build: npm run build)', () => {
  let root: string;
  let whole: Remains;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'rxface-resume-'));
    await resumeGround(root);
    await trainOnce(root, 'adaface', join(root, 'whole'));
    whole = remainsOf(join(root, 'whole'));
  });

  // The first step, within epochs, at the end of one (before its evaluation is written), and at the very end.
  it.each([1, 9, 10, 23, 31, 40])('after step %d is the uninterrupted one, byte for byte', async (step) => {
    expect(await killedAfter(root, step, whole)).toEqual([]);
  });

  it('with a sample of the centres is the uninterrupted one too', async () => {
    await trainOnce(root, 'sampled', join(root, 'whole-sampled'));
    const sampled = remainsOf(join(root, 'whole-sampled'));
    expect(sampled['weights and running statistics']).not.toBe(whole['weights and running statistics']);
    expect(await killedAfter(root, 17, sampled, 'sampled')).toEqual([]);
  });
});
