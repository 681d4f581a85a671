import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sha256 } from '../../pipeline/manifest.ts';
import type { Finding } from './finding.ts';
import { secondsToFirstBatch } from './firstBatch.ts';
import type { Proof } from './prove.ts';
import { killedAfter, killedWithinEach, remainsOf, resumeGround, STEPS, TRAIN_ONCE, trainOnce } from './resume.ts';
import { killedInPhases, PHASED_STEPS } from './resumePhases.ts';

/** Runs at once: they wait for the disk much of their time. */
const AT_ONCE = 2;
/** Seconds within which a resumed run has its first batch at the step, counted from the engine being loaded. */
const FIRST_BATCH = 3;

/** The long form of resume.test.ts: every step. Begun again after it was ended, it goes on with the steps that are not done. */
export const resumeProof: Proof = {
  claim:
    `A run of ${STEPS} steps (IR-10 on drawn faces in shards; AdaFace with every augmentation, dropout, momentum, clipping and ` +
    'an evaluation an epoch), killed by SIGKILL right after each step in turn and resumed with 0, 1 or 2 threads, and one of ' +
    'CurricularFace killed within the writing of each checkpoint in turn: weights, running statistics, momentum, the ' +
    "margin's statistics, manifest, logs but for `time`, events and pictures equal the uninterrupted run's, byte for byte. " +
    `So do those of an MvCoM training of ${PHASED_STEPS} steps, killed after each step of its pre-training, warm-up and meta phase, ` +
    "with its classifiers' weights and the pool's faces.",
  async run(say) {
    const root = join(tmpdir(), `rxface-prove-resume-${buildHash()}`);
    const done = log(join(root, 'done.jsonl'));
    if (done.size === 0) {
      rmSync(root, { recursive: true, force: true });
      mkdirSync(root);
      await resumeGround(root);
    }
    const once = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
      if (!done.has(what)) {
        done.set(what, await work());
        appendFileSync(join(root, 'done.jsonl'), `${JSON.stringify([what, done.get(what)])}\n`);
      }
      return done.get(what) as T;
    };
    const uninterrupted = (head: 'adaface' | 'curricularface') =>
      once(`whole ${head}`, async () => {
        const run = join(root, `whole-${head}`);
        rmSync(run, { recursive: true, force: true });
        const { out } = await trainOnce(root, head, run);
        return { engine: out!.engine, remains: remainsOf(run) };
      });

    const whole = await uninterrupted('adaface');
    const wrong = new Map<string, number>(Object.keys(whole.remains).map((part) => [part, 0]));
    const steps = Array.from({ length: STEPS }, (_, i) => i + 1);
    const turn = async (): Promise<void> => {
      for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
        const at = step;
        rmSync(join(root, `after-${at}-adaface`), { recursive: true, force: true });
        const otherwise = await once(`after ${at}`, () => killedAfter(root, at, whole.remains));
        for (const part of otherwise) wrong.set(part, (wrong.get(part) ?? 0) + 1);
        say(`killed after step ${at}: ${otherwise.length === 0 ? 'the same' : otherwise.join(', ')}`);
        rmSync(join(root, `after-${at}-adaface`), { recursive: true, force: true });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, turn));
    const other = await uninterrupted('curricularface');
    const within = await once('within', () => {
      rmSync(join(root, 'within'), { recursive: true, force: true });
      return killedWithinEach(root, other.remains, (step) => say(`killed within checkpoint ${step}`));
    });
    const phased = await once(
      'phases',
      () =>
      killedInPhases((what, otherwise) => say(`killed after ${what}: ${otherwise.length === 0 ? 'the same' : otherwise.join(', ')}`)), // prettier-ignore
    );
    const seconds = await once('first batch', () => secondsToFirstBatch(root));
    rmSync(root, { recursive: true, force: true });
    const exact = (what: string, measured: number): Finding => ({ what, expected: 0, measured, sigma: 0 });
    return {
      findings: [
        ...[...wrong].map(([part, runs]) => exact(`of ${STEPS} runs killed after a step, other than uninterrupted: ${part}`, runs)), // prettier-ignore
        exact(`of one run killed within each of ${STEPS} checkpoints, parts other than uninterrupted`, within.length),
        exact(`of ${PHASED_STEPS} runs killed after a step of pre-training, warm-up or meta phase, those other than uninterrupted`, phased), // prettier-ignore
        exact(`seconds over ${FIRST_BATCH} until the first batch is at the step`, Math.max(0, seconds - FIRST_BATCH)),
      ],
      notes: [
        ...within,
        `Engine: ${whole.engine}.`,
        `Resumed over a shard of 20,000 images, an IR-18 has its first batch of 64 at the step ${seconds.toFixed(2)} s after the engine is loaded.`,
      ],
    };
  },
};

/** What an earlier process of this proof has found, by name. */
function log(file: string): Map<string, unknown> {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return new Map(lines.filter((line) => line !== '').map((line) => JSON.parse(line) as [string, unknown]));
}

/** Of all that is built: what another build has shown proves nothing about this one. */
function buildHash(): string {
  const dist = dirname(dirname(dirname(TRAIN_ONCE)));
  const files = readdirSync(dist, { recursive: true }).map(String).filter((name) => name.endsWith('.js')).toSorted(); // prettier-ignore
  return sha256(files.map((name) => `${name} ${sha256(readFileSync(join(dist, name)))}`).join('\n')).slice(0, 12);
}
