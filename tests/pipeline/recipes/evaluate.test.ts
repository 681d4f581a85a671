import { memory } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { architecture, createModel, type Model } from '../../../operators/index.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { readFile } from 'node:fs/promises';
import { evaluateGroups } from '../../../pipeline/recipes/evaluateGroups.ts';
import { createProgress } from '../../../pipeline/progress.ts';
import { evaluatePairs, scorePairs } from '../../../pipeline/recipes/evaluate.ts';
import { lfw } from '../../../sources/lfw.ts';
import { openSource } from '../../../sources/openSource.ts';
import { folder, put } from '../../fixtures/archives.ts';

let model: Model;
let data: string;
const PAIRS = '2\t1\nann\t1\t2\nann\t1\tbob\t1\nbob\t1\t2\nbob\t2\tann\t2\n';

beforeAll(async () => {
  await startEngine();
  model = createModel(architecture('ir10', { size: [32, 32], embedding: 16 }), { seed: 1 });
  data = folder(true);
  for (const [person, colour] of [
    ['ann', { r: 200, g: 30, b: 20 }],
    ['bob', { r: 20, g: 60, b: 220 }],
    ['eve', { r: 0, g: 0, b: 0 }],
  ] as const) {
    for (const i of [1, 2]) {
      const image = sharp({
        create: { width: 40, height: 40, channels: 3, background: { ...colour, g: colour.g + i } },
      });
      put(data, { [`${person}/${person}_000${i}.png`]: await image.png().toBuffer() });
    }
  }
  // Nobody asks for it, so it may be broken.
  put(data, { 'eve/eve_0001.png': 'no image', 'pairs.txt': PAIRS });
});
afterAll(() => model.dispose());

const pairs = (): string => `${data}/pairs.txt`;

it('scores the pairs, whatever the batch, and leaves no tensor', async () => {
  const before = memory().numTensors;
  const shown: string[] = [];
  const progress = createProgress({ write: (text) => shown.push(String(text)) > 0 });
  const result = await evaluatePairs(model, { protocol: 'lfw', data, pairs: pairs(), batch: 3, threads: 1, progress });
  expect(result).toMatchObject({ accuracy: { mean: 1, std: 0 }, auc: 1, pairs: 4, tar: { '1e-3': 1 } });
  expect(await evaluatePairs(model, { protocol: 'lfw', data, pairs: pairs(), batch: 2, threads: 1 })).toEqual(result);
  expect(memory().numTensors).toBe(before);
});

it('takes a protocol of its own over a source, as often as it is asked', async () => {
  const faces = await openSource(data);
  const named = await evaluatePairs(model, { protocol: 'lfw', data, pairs: pairs(), threads: 1 });
  const protocol = await lfw(pairs());
  expect(await evaluatePairs(model, { protocol, faces, threads: 1 })).toEqual(named);
  const scores = await scorePairs(model, { protocol: { ...protocol, name: 'mine' }, faces, threads: 1 });
  expect(scores).toMatchObject({ protocol: 'mine', folds: 2, same: Uint8Array.of(1, 0, 1, 0) });
});

it('reduces every face first where it is told to, and says so in the name', async () => {
  const faces = await openSource(data);
  const options = { protocol: await lfw(pairs()), faces, threads: 1 };
  const [clean, same, reduced] = [
    await scorePairs(model, options),
    await scorePairs(model, { ...options, reduce: 32 }),
    await scorePairs(model, { ...options, reduce: 4 }),
  ];
  expect([clean.protocol, same.protocol, reduced.protocol]).toEqual(['lfw', 'lfw-32px', 'lfw-4px']);
  // To their own size is no reduction.
  expect(same.distances).toEqual(clean.distances);
  await expect(evaluatePairs(model, { ...options, reduce: 33 })).rejects.toThrow(
    'reduce must be a whole number in [1, 32]',
  );
});

it('says which images are missing before it decodes any', async () => {
  put(data, { 'more.txt': PAIRS.replaceAll('ann\t1', 'ann\t7').replaceAll('bob\t2', 'zoe\t2') });
  await expect(evaluatePairs(model, { protocol: 'lfw', data, pairs: `${data}/more.txt`, threads: 1 })).rejects.toThrow(
    "protocol 'lfw': 2 of its 5 images are missing, the first is 'ann/ann_0007'",
  );
});

it('stops at an image that cannot be decoded: nothing stands in for it', async () => {
  put(data, { 'eve.txt': PAIRS.replaceAll('bob', 'eve') });
  await expect(evaluatePairs(model, { protocol: 'lfw', data, pairs: `${data}/eve.txt`, threads: 1 })).rejects.toThrow(
    'eve/eve_0001.png',
  );
});

it('ends when it is told to', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(evaluatePairs(model, { protocol: 'lfw', data, pairs: pairs(), threads: 1, signal })).rejects.toThrow(
    'enough',
  );
});

it('blurs, covers and cuts to folds where it is told to, each with its name', async () => {
  const faces = await openSource(data);
  const options = { protocol: await lfw(pairs()), faces, threads: 1 };
  const clean = await scorePairs(model, options);
  const blurred = await scorePairs(model, { ...options, blur: 5 });
  const covered = await scorePairs(model, { ...options, occlude: 20 });
  const both = await scorePairs(model, { ...options, occlude: 20, blur: 5, folds: [1, 2] });
  expect([blurred, covered, both].map(({ protocol }) => protocol)).toEqual(['lfw-blur5', 'lfw-oc20', 'lfw-folds1to2-blur5-oc20']); // prettier-ignore
  // One grey each: a blur changes nothing, a square does.
  expect(blurred.distances).toEqual(clean.distances);
  expect(covered.same).toEqual(clean.same);
  for (const [i, distance] of covered.distances.entries()) expect(distance).not.toBeCloseTo(clean.distances[i]!, 4);
  expect(await scorePairs(model, { ...options, occlude: 20, batch: 2 })).toEqual(covered);
  await expect(scorePairs(model, { ...options, occlude: 33 })).rejects.toThrow('occlude must be a whole number in [1, 32]'); // prettier-ignore
  await expect(scorePairs(model, { ...options, folds: [2, 3] })).rejects.toThrow('folds must be ascending numbers from 1 to 2'); // prettier-ignore
});

it('compares false matches over groups', async () => {
  put(data, { 'groups.csv': 'image,group\nann/ann_0001.png,reds\nann/ann_0002.png,reds\nbob/bob_0001.png,blues\nbob/bob_0002.png,blues\n' }); // prettier-ignore
  const before = memory().numTensors;
  const shown = `${data}/groups.csv`;
  // Each group is one person, who is paired with nobody of it; what has no group is not read.
  await expect(evaluateGroups(model, { data, labels: shown, column: 'group', threads: 1 })).rejects.toThrow(
    '0 have pairs',
  );
  const nameless = folder(true);
  for (const [i, id] of ['ann/ann_0001', 'ann/ann_0002', 'bob/bob_0001', 'bob/bob_0002'].entries())
    put(nameless, { [`${i}.png`]: await readFile(`${data}/${id}.png`) });
  put(nameless, { 'groups.csv': 'image,group\n0.png,reds\n1.png,reds\n2.png,blues\n3.png,blues\n' });
  const found = await evaluateGroups(model, { data: nameless, labels: `${nameless}/groups.csv`, column: 'group', far: 0.4, threads: 1 }); // prettier-ignore
  expect(found).toMatchObject({ pairs: 6, leftOut: 0, groups: [{ name: 'blues', faces: 2, pairs: 1 }, { name: 'reds', faces: 2, pairs: 1 }] }); // prettier-ignore
  expect(found.far).toBeLessThanOrEqual(0.4);
  await expect(evaluateGroups(model, { data, labels: `${nameless}/groups.csv`, column: 'group' })).rejects.toThrow("no row for an image like 'ann/ann_0001.png'"); // prettier-ignore
  expect(memory().numTensors).toBe(before);
});
