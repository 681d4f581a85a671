import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reportCommand } from '../../../pipeline/cli/report.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { OptionError } from '../../../pipeline/errors.ts';
import { injectWriteFault } from '../../../pipeline/files/write.ts';
import { readConfig } from '../../../pipeline/recipes/config.ts';
import { dryRun } from '../../../pipeline/recipes/dryRun.ts';
import { writeMarginReport, type MarginReport } from '../../../pipeline/recipes/marginReport.ts';
import { graphOf, mermaidOf } from '../../../pipeline/recipes/graphPicture.ts';
import { train } from '../../../pipeline/recipes/train.ts';
import { commandLine } from '../../fixtures/commandLine.ts';
import { shownEvents } from '../../fixtures/eventFile.ts';
import { tinyMeta } from '../../fixtures/tinyMeta.ts';

let root: string;
let config: string;
const read = (...sets: string[]) => readConfig(config, [`data.root=${root}`, ...sets]);
const run = (name: string): string => join(root, name);
const checkpoint = (name: string, step: number, file: string): Buffer =>
  readFileSync(join(run(name), 'checkpoints', `step-${String(step).padStart(8, '0')}`, file));
const lines = (name: string, log = 'steps.jsonl'): Record<string, unknown>[] =>
  readFileSync(join(run(name), log), 'utf8')
    .trim()
    .split('\n')
    .map((line) => ({ ...(JSON.parse(line) as object), time: null }));
const manifest = (name: string, step: number): Record<string, unknown> =>
  JSON.parse(checkpoint(name, step, 'manifest.json').toString()) as Record<string, unknown>;

/** As a process that is killed while it writes the checkpoint of this step. */
function killAt(step: number): void {
  injectWriteFault((operation, path) => {
    if (operation === 'write' && path.includes(`step-${String(step).padStart(8, '0')}`))
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  });
}

beforeAll(async () => {
  await startEngine();
  const made = await tinyMeta();
  ({ root, config } = made);
  const sets = [`data.root=${root}`, 'train.threads=0', 'train.epochs=1', 'schedule.warmupSteps=0', 'evaluate=[]'];
  await train({ config: await readConfig(made.pretrain, [...sets, 'checkpoint={}']), run: run('pretrain') });
});
afterEach(() => injectWriteFault(undefined));

describe('a training with a meta set', () => {
  it('warms its classifiers up, fills the pool and learns from both sets, and leaves no tensor behind', async () => {
    const before = memory().numTensors;
    const notes: string[] = [];
    const progress = { show() {}, note: (line: string) => void notes.push(line), end() {} };
    const result = await train({ config: await read(`init=${run('pretrain')}`), run: run('whole'), progress });
    expect(result).toMatchObject({ steps: 20, faults: 0 });
    expect(memory().numTensors).toBe(before);
    expect(notes).toContain('warm-up: pose, blur, occlusion for 8 steps');
    expect(notes).toContain('pool: 16 faces, 0 MiB');
    expect(notes.join('\n')).toMatch(/meta set: \d+ candidates[^]*pose: the training set has no labels; its classifier learns from \d+ images/); // prettier-ignore
    expect(notes.join('\n')).toMatch(/init: weights from .*pretrain.*; class centres too/);
    const steps = lines('whole');
    expect(steps.map(({ phase }) => phase)).toEqual([...new Array<string>(8).fill('warm-up'), ...new Array<string>(12).fill('meta')]); // prettier-ignore
    expect(steps.map(({ iteration }) => iteration)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    // Epochs and the learning rate begin with the meta phase.
    expect(steps.slice(8).map(({ epoch }) => epoch)).toEqual([...new Array<number>(6).fill(0), ...new Array<number>(6).fill(1)]); // prettier-ignore
    expect(steps[8]).toMatchObject({ learningRate: 0.01 });
    expect(steps[7]!['figures']).toHaveProperty(['variation.pose.loss']);
    expect(steps[19]!['figures']).toMatchObject({ 'meta.loss': expect.any(Number), 'variation.pose.loss': expect.any(Number) }); // prettier-ignore
    expect(lines('whole', 'evaluations.jsonl').map(({ epoch, step }) => [epoch, step])).toEqual([[1, 14], [2, 20]]); // prettier-ignore
  });

  it('shows what was learned in its report, and what flows where in its graph', async () => {
    const html = readFileSync(join(run('whole'), 'report.html'), 'utf8');
    for (const title of ['Residuals', 'Residuals by blur', 'Meta loss', 'Classifiers'])
      expect(html).toContain(`aria-label="${title}"`);
    expect(html).not.toMatch(/NaN|undefined/);
    // Warm-up and training are two curves: what one of them counts is not what the other does.
    const shown = shownEvents(run('whole')).map(({ scalars }) =>
      Object.keys(scalars).filter((name) => name.endsWith('/loss')),
    );
    expect(shown.filter((names) => names.includes('warm-up/loss'))).toHaveLength(8);
    expect(shown.filter((names) => names.includes('train/loss'))).toHaveLength(12);
    expect(mermaidOf(graphOf(await read()))).toContain('{{"candidates"}}');
  });

  it('says before it begins whom margins would be judged by, and what each phase would take', async () => {
    const before = memory().numTensors;
    const dry = { config: await read(), run: run('dry'), progress: { show() {}, note() {}, end() {} } };
    const { meta, memory: held, time, graph, ...found } = await dryRun(dry);
    expect(memory().numTensors).toBe(before);
    expect(existsSync(run('dry'))).toBe(false);
    const { sources, variations, shared, pool, phases } = meta!;
    // Six people with four images each; three of them teach.
    expect(sources).toEqual([{ path: 'others', people: 6, candidates: 12, teachers: 12 }]);
    expect(variations.map(({ factor, drawn, taughtBy }) => [factor, drawn, taughtBy])).toEqual([
      ['pose', false, 'meta set'],
      ['blur', true, 'training set'],
      ['occlusion', true, 'training set'],
    ]);
    expect(variations[0]!.labelled).toBe(12);
    expect(variations[0]!.classes.reduce((a, b) => a + b)).toBe(12);
    expect([shared, pool]).toEqual([[], { slots: 16, bytes: 16 * (16 * 16 * 3 + 4 * 8 + 36) }]);
    expect(phases).toMatchObject([
      { name: 'warm-up', steps: 8 },
      { name: 'pool', faces: 16 },
      { name: 'meta', steps: 12 },
    ]);
    expect(phases.every(({ seconds }) => seconds > 0)).toBe(true);
    expect(time.training).toBeCloseTo(
      phases.reduce((sum, { seconds }) => sum + seconds, 0),
      9,
    );
    expect(found).toMatchObject({ steps: 12, stepsPerEpoch: 6 });
    expect(held.links.map(({ after }) => after)).toEqual(expect.arrayContaining(['meta', 'candidates', 'taught', 'step'])); // prettier-ignore
    expect(held.links.every(({ bytes }) => bytes > 0)).toBe(true);
    expect(graph).toContain('{{"candidates"}}');
  });

  it('names people of both sets instead, unless they are allowed', async () => {
    const progress = { show() {}, note() {}, end() {} };
    const both = 'meta.sources=[{ path: others, labels: { pose: { table: pose.csv, column: bin } } }, { path: faces }]';
    await expect(dryRun({ config: await read(both), run: run('dry'), progress })).rejects.toThrow(/Person_0/);
    const { meta } = await dryRun({ config: await read(both, 'meta.allowOverlap=true'), run: run('dry'), progress });
    expect(meta!.shared).toHaveLength(4);
    expect(meta!.sources[1]).toEqual({ path: 'faces', people: 4, candidates: 24, teachers: 0 });
  });

  it('reports margins by variation, class and class volume, beside another method, with the faces at either end', async () => {
    const { code, out } = await commandLine(reportCommand, 'report', '--json', 'margins', run('whole'), run('pretrain'));
    expect(code).toBe(0);
    const { report, steps, faces, variations, volumes, losses } = JSON.parse(out[0]!) as MarginReport;
    // Counted within the phase: its first, fourth, seventh and tenth step.
    expect(steps).toEqual({ count: 4, first: 9, last: 18 });
    const recorded = lines('whole').flatMap(({ samples }) => (samples ?? []) as { index: number; variation: object }[]);
    expect(recorded).toHaveLength(16);
    expect(faces).toBe(new Set(recorded.map(({ index }) => index)).size);
    expect(variations.map(({ factor }) => factor)).toEqual(['pose', 'blur', 'occlusion']);
    expect(variations[0]!.classes).toEqual([]);
    expect(variations[1]!.classes.length).toBeGreaterThan(1);
    expect(volumes.reduce((sum, one) => sum + one.faces, 0)).toBe(faces);
    // 0.45 / n^(1/4) of its people's images.
    for (const { images: [least, most], classMargin } of volumes) {
      expect(classMargin).toBeLessThanOrEqual(0.45 / least ** 0.25 + 1e-6);
      expect(classMargin).toBeGreaterThanOrEqual(0.45 / most ** 0.25 - 1e-6);
    } // prettier-ignore
    expect(losses.map(({ method }) => method)).toEqual(['classvolume + mvcom', expect.any(String)]);
    expect(losses.every(({ points }) => points.every(({ own, same }) => own > 0 && same > 0))).toBe(true);
    const html = readFileSync(report, 'utf8').replaceAll(/data:image\/png;base64,[^"]*/g, 'png');
    expect(html.match(/<img alt="(Largest|Smallest) residuals by \w+" src="png">/g)).toHaveLength(6);
    expect(/NaN|undefined|<script|https?:\/\/(?!www\.w3\.org)/.exec(html)).toBeNull();
    // A run that learned no margins has none to report.
    await expect(writeMarginReport({ run: run('pretrain') })).rejects.toThrow('run must be a training with meta.rule mvcom');
  }); // prettier-ignore

  it('refuses to set the loss of a run that trains a sample of the centres beside it', async () => {
    const sets = ['meta=null', 'head.sample=0.9', 'train.epochs=1', 'evaluate=[]', 'checkpoint={}'];
    await train({ config: await read(...sets), run: run('sampled') });
    const report = writeMarginReport({ run: run('whole'), beside: [run('sampled')] });
    await expect(report).rejects.toThrow(OptionError);
    await expect(report).rejects.toThrow(
      /report margins: run must be a training in whose steps all class centres take part, without head\.sample, received '.*sampled'/,
    );
  });

  it('does not move the network while classifiers warm up', () => {
    expect(checkpoint('whole', 4, 'model.safetensors').equals(checkpoint('whole', 8, 'model.safetensors'))).toBe(true);
    expect(checkpoint('whole', 4, 'state.safetensors').equals(checkpoint('whole', 8, 'state.safetensors'))).toBe(false);
    expect(checkpoint('whole', 8, 'model.safetensors').equals(checkpoint('whole', 12, 'model.safetensors'))).toBe(false); // prettier-ignore
    expect([4, 8, 12, 20].map((step) => manifest('whole', step)['phase'])).toEqual(['warm-up', 'warm-up', 'meta', 'meta']); // prettier-ignore
  });

  it.each([
    ['in the warm-up', 8, 4],
    ['between warm-up and meta phase', 12, 8],
    ['in an epoch of the meta phase', 14, 12],
    ['between two epochs', 16, 14],
  ])('killed %s and resumed, it is the same bit for bit', async (_, killed, left) => {
    const options = { config: await read(`init=${run('pretrain')}`), run: run(`killed at ${killed}`) };
    killAt(killed);
    await expect(train(options)).rejects.toThrow(/the disk is full$/);
    injectWriteFault(undefined);
    expect(manifest(`killed at ${killed}`, left)['step']).toBe(left);
    await train({ ...options, resume: true });
    for (const file of ['model.safetensors', 'state.safetensors']) {
      expect(checkpoint(`killed at ${killed}`, 20, file).equals(checkpoint('whole', 20, file))).toBe(true);
    }
    for (const log of ['steps.jsonl', 'evaluations.jsonl'])
      expect(lines(`killed at ${killed}`, log)).toEqual(lines('whole', log));
  });

  it('is finished after warm-up and epochs, and not before', async () => {
    const notes: string[] = [];
    const progress = { show() {}, note: (line: string) => void notes.push(line), end() {} };
    await train({ config: await read(`init=${run('pretrain')}`), run: run('whole'), resume: true, progress });
    expect(notes.at(-1)).toMatch(/is finished: all 20 steps are done/);
  });

  it.each([
    ['metacw', 'head={ name: class-balanced, s: 16 }'],
    ['reweight', 'head={ name: cosface, s: 16 }'],
    ['mvcom', 'head={ name: adaface, s: 16 }'],
  ])('takes %s as its rule, with %s', async (rule, head) => {
    const sets = [`meta.rule={ name: ${rule} }`, head, 'meta.variation.warmup=4', 'train.epochs=1', 'evaluate=[]', 'checkpoint={}']; // prettier-ignore
    const { steps, loss } = await train({ config: await read(...sets), run: run(rule) });
    expect([steps, Number.isFinite(loss)]).toEqual([10, true]);
    expect(lines(rule).at(-1)!['figures']).toHaveProperty(['residual.rms']);
  });

  it('refuses a variation of which nobody has a label', async () => {
    const unlabelled = await read('meta.lambda.ethnicity=1');
    await expect(train({ config: unlabelled, run: run('none') })).rejects.toThrow(
      'meta: lambda.ethnicity must be 0: no candidate has a label of it, received 1',
    );
  });

  it('stopped in the warm-up, it writes a checkpoint there and goes on from it', async () => {
    const stop = new AbortController();
    const progress = { show() {}, note: (line: string) => void (line.startsWith('warm-up') && stop.abort()), end() {} };
    const options = { config: await read(`init=${run('pretrain')}`), run: run('stopped') };
    expect(await train({ ...options, stop: stop.signal, progress })).toMatchObject({ interrupted: true, steps: 1 });
    expect(manifest('stopped', 1)['phase']).toBe('warm-up');
    await train({ ...options, resume: true });
    expect(lines('stopped')).toEqual(lines('whole'));
  });
});
