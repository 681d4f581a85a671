import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { StepItem } from '../../pipeline/items.ts';
import { injectWriteFault } from '../../pipeline/files/write.ts';
import { encodePng } from '../../pipeline/pixels.ts';
import { toTensorBoard } from '../../sinks/tensorBoard.ts';
import { CONTEXT, freshFolder, stepItem, writeAll } from '../fixtures/checkpoint.ts';
import { eventFiles } from '../fixtures/eventFile.ts';

afterEach(() => {
  injectWriteFault(undefined);
  vi.useRealTimers();
});

/** A step as training gives it, with what a checkpoint step brings along. */
function step(iteration: number): StepItem {
  const item = stepItem(iteration);
  item.time.at = 1_700_000_000_000 + iteration;
  item.snapshot!.faces = { norm: Float32Array.of(20, 21) };
  item.snapshot!.weights['body.0.bn.running_mean'] = { shape: [1], data: Float32Array.of(1) };
  return item;
}

const face = () => encodePng({ height: 8, width: 12, data: new Uint8Array(8 * 12 * 3).fill(99) });

describe('toTensorBoard', () => {
  it('writes scalars of each step, and histograms of what a snapshot brings', async () => {
    const folder = join(freshFolder(), 'run');
    await writeAll(toTensorBoard(folder), [stepItem(1, false), step(2)]);
    const [file] = eventFiles(folder);
    expect(file!.name).toMatch(/^events\.out\.tfevents\.\d{10}\.rxface$/);
    expect(file!.events[0]).toMatchObject({ step: 0, version: 'brain.Event:2' });
    expect(file!.events[1]).toMatchObject({ step: 0, session: 1 });
    expect(file!.events[2]).toMatchObject({
      step: 1,
      scalars: {
        'train/loss': 1,
        'train/learningRate': Math.fround(0.1),
        'train/epoch': 1,
        'train/gradientNorm': 1,
        'time/imagesPerSecond': 2,
      },
      histograms: {},
    });
    expect(file!.events[3]).toMatchObject({ step: 2, at: 1_700_000_000_002 });
    const { histograms } = file!.events[3]!;
    expect(Object.keys(histograms)).toEqual(['weights/head.kernel', 'batch/norm']);
    expect(histograms['batch/norm']!.moments).toEqual([20, 21, 2, 41, 841]);
    expect(histograms['weights/head.kernel']!.counts.reduce((sum, count) => sum + count)).toBe(4);
  });

  it('goes on in its file from one graph to the next, and shows other things in between', async () => {
    const folder = freshFolder();
    const sink = toTensorBoard(folder);
    await sink.show({ step: 0, at: 1, images: { first: await face() } });
    await writeAll(sink, [stepItem(1, false)]);
    await sink.show({ step: 1, at: 2, scalars: { 'evaluate/lfw': 0.875 } });
    await writeAll(sink, [stepItem(2, false)]);
    const files = eventFiles(folder);
    expect(files).toHaveLength(1);
    expect(files[0]!.events.map((event) => event.step)).toEqual([0, 0, 0, 1, 1, 2]);
    expect(files[0]!.events[2]!.images['first']).toEqual({ height: 8, width: 12, png: new Uint8Array(await face()) });
    expect(files[0]!.events[4]!.scalars).toEqual({ 'evaluate/lfw': 0.875 });
  });

  it('begins a later file for a run that is resumed, and says from where, even where the clock went back', async () => {
    const folder = freshFolder();
    await writeAll(toTensorBoard(folder), [stepItem(1), stepItem(2)]);
    vi.useFakeTimers({ now: 1_600_000_000_000, toFake: ['Date'] });
    await writeAll(toTensorBoard(folder, { from: 1 }), [stepItem(2)]);
    const [before, after] = eventFiles(folder);
    expect(after!.name > before!.name).toBe(true);
    expect(after!.events[1]).toMatchObject({ step: 2, session: 1 });
  });

  it('leaves no file where nothing was shown', async () => {
    const folder = freshFolder();
    await writeAll(toTensorBoard(folder), []);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('writes the same bytes for equal steps', async () => {
    vi.useFakeTimers({ now: 1_700_000_000_000, toFake: ['Date'] });
    const [a, b] = [freshFolder(), freshFolder()];
    for (const folder of [a, b]) await writeAll(toTensorBoard(folder), [stepItem(1), step(2)]);
    expect(eventFiles(a)).toEqual(eventFiles(b));
  });

  it('names the file where the disk is full and keeps whole records only', async () => {
    const folder = freshFolder();
    const sink = toTensorBoard(folder);
    await sink.open(CONTEXT);
    await sink.write(stepItem(1));
    injectWriteFault((operation) => {
      if (operation === 'write') throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    });
    await expect(Promise.resolve(sink.write(stepItem(2)))).rejects.toThrow(/tfevents\.\d+\.rxface: the disk is full/);
    await sink.close({ kind: 'failed', error: undefined });
    expect(eventFiles(folder)[0]!.events).toHaveLength(3);
  });
});

const python = process.env['RXFACE_PYTHON'];

describe.skipIf(python === undefined)('TensorBoard (RXFACE_PYTHON=a python that has it)', () => {
  it('reads scalars, histograms and images, and forgets what a resumed run does again', async () => {
    const folder = freshFolder();
    const first = toTensorBoard(folder);
    await first.show({ step: 0, at: 1, images: { 'faces/first': await face() } });
    await writeAll(first, [step(1), step(2), step(3)]);
    await writeAll(toTensorBoard(folder, { from: 1 }), [step(2)]);
    const seen = JSON.parse(
      execFileSync(python!, ['tests/fixtures/tensor_board.py', folder], { encoding: 'utf8' }),
    ) as Record<string, Record<string, unknown>>;
    const png = Buffer.from(await face()).toString('base64');
    expect(seen['scalars']!['train/loss']).toEqual([
      [1, 1],
      [2, 0.5],
    ]);
    expect(seen['histograms']!['batch/norm']).toEqual(
      [1, 2].map((iteration) => ({ step: iteration, num: 2, min: 20, max: 21, sum: 41 })),
    );
    expect(seen['images']!['faces/first']).toEqual([{ step: 0, width: 12, height: 8, png }]);
    // What the server makes of them, which draws them.
    expect(seen['served']).toMatchObject({
      scalars: { 'train/loss': [[1, 1], [2, 0.5]] },
      histograms: { 'weights/head.kernel': [[1, 4], [2, 4]] },
      images: { 'faces/first': [[0, 3]] },
    }); // prettier-ignore
  });
});
