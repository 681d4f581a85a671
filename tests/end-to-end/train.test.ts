import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunMetrics } from '../../pipeline/metrics.ts';
import { shownEvents } from '../fixtures/eventFile.ts';
import { tinyTraining } from '../fixtures/tinyTraining.ts';

const MAIN = fileURLToPath(new URL('../../dist/pipeline/cli/main.js', import.meta.url));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the command line as a process; `during` may look at it while it runs. */
async function rxface(args: string[], during?: (child: ChildProcess) => Promise<void>): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += String(text)));
  child.stderr.on('data', (text) => (err += String(text)));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await during?.(child);
  return { code: await ended, out, err };
}

/** Sends a signal once the log of a run has this many lines. */
function signalAt(run: string, lines: number, signal: NodeJS.Signals): (child: ChildProcess) => Promise<void> {
  return async (child) => {
    while (child.exitCode === null && logOf(run).length < lines) await new Promise((done) => setTimeout(done, 2));
    child.kill(signal);
  };
}

const TIME = /,?"time":\{[^}]*\}/;
function logOf(run: string, name = 'steps.jsonl'): string[] {
  const file = join(run, name);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(TIME, ''));
}

/** Everything of a run that must not depend on how often it was interrupted. */
function remains(run: string): Record<string, unknown> {
  const checkpoint = join(run, 'checkpoints', 'step-00000024');
  const bytes = (file: string): string => readFileSync(join(checkpoint, file)).toString('base64');
  return {
    model: bytes('model.safetensors'),
    state: bytes('state.safetensors'),
    manifest: JSON.parse(readFileSync(join(checkpoint, 'manifest.json'), 'utf8')) as unknown,
    steps: logOf(run),
    evaluations: logOf(run, 'evaluations.jsonl'),
    events: eventsOf(run),
  };
}

/** What TensorBoard shows of a run, but when and how fast. */
function eventsOf(run: string): unknown[] {
  return shownEvents(run).map(({ step, scalars, histograms, images }) => {
    delete scalars['time/imagesPerSecond'];
    return { step, scalars, histograms, images };
  });
}

describe.skipIf(!existsSync(MAIN))('rxface train (needs the build: npm run build)', () => {
  let root: string;
  let config: string;
  let whole: Ended;
  const at = (name: string): string => join(root, name);
  const train = (run: string, ...more: string[]): string[] =>
    ['train', config, '--set', `data.root=${root}`, '--run', at(run)].concat(more);

  beforeAll(async () => {
    ({ root, config } = await tinyTraining());
    whole = await rxface(train('whole', '--json'));
  }, 60_000);

  it('trains, evaluates and writes a run folder; --json prints one object', () => {
    expect(whole.err).toContain('data: 4 people, 24 images, 6 steps an epoch');
    expect(whole.code).toBe(0);
    const result = JSON.parse(whole.out) as Record<string, unknown>;
    expect(result).toMatchObject({ run: at('whole'), people: 4, steps: 24, images: 96, faults: 0, interrupted: false });
    expect(readdirSync(at('whole'))).toEqual([
      'checkpoints',
      'config.json',
      'evaluations.jsonl',
      expect.stringMatching(/^events\.out\.tfevents\./),
      'metrics.jsonl',
      'pictures',
      'report.html',
      'steps.jsonl',
    ]);
    expect(logOf(at('whole'))).toHaveLength(24);
    expect(
      logOf(at('whole'), 'evaluations.jsonl').map((line) => (JSON.parse(line) as { epoch: number }).epoch),
    ).toEqual([2, 4]);
    expect(readdirSync(join(at('whole'), 'checkpoints')).slice(-2)).toEqual(['step-00000020', 'step-00000024']);
  });

  it('writes down how the graph stood at the end of every epoch', () => {
    const metrics = logOf(at('whole'), 'metrics.jsonl').map((line) => JSON.parse(line) as RunMetrics);
    const ends = metrics.filter(({ outcome }) => outcome === 'complete');
    expect(ends).toHaveLength(4);
    expect(ends[3]!.nodes.map(({ name, items }) => [name, items])).toEqual([
      ['faces', 24], ['prepare', 24], ['batch', 6], ['step', 6], ['files', 6], ['console', 6],
    ]); // prettier-ignore
  });

  it('shows TensorBoard every step, the weights at checkpoints, evaluations and the first faces', () => {
    const events = shownEvents(at('whole'));
    expect(events.flatMap(({ step, scalars }) => ('train/loss' in scalars ? [step] : []))).toEqual(
      Array.from({ length: 24 }, (_, i) => i + 1),
    );
    const weights = events.filter(({ histograms }) => 'weights/head.kernel' in histograms).map(({ step }) => step);
    expect(weights).toEqual([4, 6, 8, 12, 16, 18, 20, 24]);
    const evaluated = events.filter(({ scalars }) => 'evaluate/lfw/accuracy' in scalars);
    expect(evaluated.map(({ step, scalars }) => [step, scalars['evaluate/epoch']])).toEqual([
      [12, 2],
      [24, 4],
    ]);
    expect(events[0]).toMatchObject({ step: 0, images: { 'faces/first batch': { width: 236 } } });
  });

  it('tries a few steps with --dry-run, says what the whole would take, and writes nothing', async () => {
    const before = readdirSync(root);
    const tried = await rxface(train('dry', '--dry-run', '--json'));
    expect([tried.code, tried.err.includes('rxface:')]).toEqual([0, false]);
    expect(JSON.parse(tried.out)).toMatchObject({
      run: { path: at('dry'), taken: false },
      people: 4,
      images: 24,
      batch: 4,
      epochs: 4,
      stepsPerEpoch: 6,
      steps: 24,
      memory: { links: [{ after: 'faces' }, { after: 'prepare', capacity: 40, bytes: 30_720 }, {}, {}] },
      time: { limiting: expect.any(String), evaluations: [{ protocol: 'lfw', images: 14, times: 2 }] },
    });
    expect(readdirSync(root)).toEqual(before);
    const text = await rxface(train('whole', '--dry-run'));
    expect(text.out).toMatch(/n0\(\["faces"\]\)/);
    expect(text.out).toMatch(/run +.*whole, where a run lies already: training would refuse/);
    const resumed = await rxface(['train', '--dry-run', '--resume', at('whole')]);
    expect([resumed.code, lastLine(resumed)]).toEqual([2, expect.stringMatching(/--dry-run must be of a new run/)]);
  });

  // Before the first checkpoint, within an epoch, and anywhere.
  it.each([1, 5, 6 + Math.floor(16 * Math.random())])(
    'killed after step %d and resumed, it ends the same bit for bit',
    async (step) => {
      const run = `killed-${step}`;
      await rxface(train(run), signalAt(at(run), step, 'SIGKILL'));
      expect(logOf(at(run)).length).toBeLessThan(24);
      const resumed = await rxface(['train', '--resume', at(run)]);
      expect(resumed.err).toMatch(step < 4 ? /resume: / : /resume: from .*step-/);
      expect(resumed.code).toBe(0);
      expect(remains(at(run))).toEqual(remains(at('whole')));
    },
  );

  it('at Ctrl-C writes a checkpoint of the last step, ends with 130, and goes on from there', async () => {
    const ended = await rxface(train('stopped'), signalAt(at('stopped'), 3, 'SIGINT'));
    expect(ended.err).toContain('rxface: interrupted: a checkpoint comes after this step');
    expect(ended.code).toBe(130);
    const steps = logOf(at('stopped')).length;
    expect(steps).toBeLessThan(24);
    expect(readdirSync(join(at('stopped'), 'checkpoints')).at(-1)).toBe(`step-${String(steps).padStart(8, '0')}`);
    expect(ended.out).toContain(`go on with: rxface train --resume ${at('stopped')}`);
    const resumed = await rxface(['train', config, '--set', `data.root=${root}`, '--resume', at('stopped')]);
    expect(resumed.code).toBe(0);
    expect(remains(at('stopped'))).toEqual(remains(at('whole')));
  });

  it('at a second Ctrl-C ends at once, with nothing half-written to be seen, and goes on from what there is', async () => {
    const ended = await rxface(train('twice'), async (child) => {
      let told = '';
      child.stderr!.on('data', (text) => (told += String(text)));
      await signalAt(at('twice'), 9, 'SIGINT')(child);
      while (child.exitCode === null && !told.includes('interrupted')) await new Promise((done) => setTimeout(done, 1));
      child.kill('SIGINT');
    });
    expect(ended.code).toBe(130);
    for (const name of readdirSync(join(at('twice'), 'checkpoints')))
      expect(name).toMatch(/^(step-\d{8}|\..+\.aside-\d+-\d+)$/);
    const resumed = await rxface(['train', '--resume', at('twice')]);
    expect(resumed.code).toBe(0);
    expect(resumed.err).not.toContain('passed over');
    expect(remains(at('twice'))).toEqual(remains(at('whole')));
    const names = readdirSync(at('twice'), { recursive: true }).map(String);
    expect(names.filter((name) => /aside|lock/.test(name))).toEqual([]);
  });

  it('a run that is done has nothing left to do, and says so', async () => {
    const again = await rxface(['train', '--resume', at('whole'), '--json']);
    expect(JSON.parse(again.out)).toMatchObject({ steps: 24, images: 0, loss: null });
    expect(again.err).toContain('whole is finished: all 24 steps are done, nothing is left to do');
    const { out } = await rxface(['train', '--resume', at('whole')]);
    expect(out).toContain('no step was left to do: 24 were done before');
  });

  it('refuses a second run in the folder, another config and people to be dropped, each in one line', async () => {
    const twice = await rxface(train('whole'));
    expect([twice.code, lastLine(twice)]).toEqual([2, expect.stringMatching(/--run must be a new folder/)]);
    const other = await rxface([
      'train',
      config,
      '--set',
      `data.root=${root}`,
      '--set',
      'head.m=0.3',
      '--resume',
      at('whole'),
    ]);
    expect([other.code, lastLine(other)]).toEqual([2, expect.stringMatching(/received 'another head\.m'$/)]);
    const fewer = await rxface(['train', '--resume', at('whole'), '--set', 'data.sources.0.drop=[Person_1]']);
    expect([fewer.code, lastLine(fewer)]).toEqual([
      2,
      expect.stringMatching(/received 'another data\.sources\.0\.drop'$/),
    ]);
  });

  it('starts from weights, with new centres for other people', async () => {
    const init = [
      '--set',
      `init=${at('whole')}`,
      '--set',
      'train.epochs=1',
      '--set',
      'evaluate=[]',
      '--set',
      'checkpoint={}',
    ];
    const same = await rxface(train('same', ...init));
    expect(same.err).toMatch(/init: weights from .*step-00000024; class centres too/);
    const fewer = await rxface(train('fewer', ...init, '--set', 'data.sources.0.drop=[Person_1]'));
    expect(fewer.err).toMatch(/class centres are drawn anew/);
    expect([same.code, fewer.code]).toEqual([0, 0]);
  });
});

function lastLine({ err }: Ended): string {
  return err.trimEnd().split('\n').at(-1)!;
}
