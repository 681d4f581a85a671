import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { evaluateCommand } from '../../../pipeline/cli/evaluate.ts';
import type { EvaluationRecord } from '../../../pipeline/recipes/evaluationRecord.ts';
import { cfp } from '../../../sources/cfp.ts';
import { cfpFilesOfTwo } from '../../fixtures/cfp.ts';
import { commandLine } from '../../fixtures/commandLine.ts';
import { folder, put } from '../../fixtures/archives.ts';
import { pairBinOf } from '../../fixtures/pairBin.ts';

let out = '';
let err = '';

async function rxface(...args: string[]): Promise<number> {
  const ended = await commandLine(evaluateCommand, 'evaluate', ...args);
  [out, err] = [ended.out.join('\n'), ended.err.join('\n')];
  return ended.code;
}

/** Two people in CFP's layout, each of a grey of its own, with the protocol beside them. */
async function cfpOfTwo(): Promise<string> {
  const here = folder();
  put(here, cfpFilesOfTwo());
  for (const [name, grey] of Object.entries({
    '001/frontal/01': 60,
    '001/frontal/02': 64,
    '001/profile/01': 62,
    '002/frontal/01': 190,
    '002/profile/01': 200,
  })) {
    const create = { width: 112, height: 112, channels: 3, background: { r: grey, g: 255 - grey, b: 90 } } as const;
    put(here, { [`images/${name}.jpg`]: await sharp({ create }).jpeg().toBuffer() });
  }
  return here;
}

it('prints the figures as fractions, or as a table in percent', async () => {
  const here = await cfpOfTwo();
  const args = ['cfp', '--data', `${here}/images`, '--protocol', here, '--subset', 'fp', '--model', 'untrained:ir10'];
  expect(await rxface(...args, '--threads', '1', '--json')).toBe(0);
  const result = JSON.parse(out);
  expect(Object.keys(result)).toEqual(['accuracy', 'val', 'tar', 'auc', 'threshold', 'pairs', 'interval', 'atFar']); // prettier-ignore
  expect(result.atFar).toMatchObject({ on: 'cfp-fp', wanted: 0.1, over: 'people' });
  expect(result).toMatchObject({ accuracy: { mean: 1, std: 0 }, tar: { '1e-3': 1 }, auc: 1, pairs: 20 });
  expect(err).toContain('an untrained ir10 of seed 42');
  out = '';
  expect(await rxface(...args, '--threads', '1')).toBe(0);
  expect(out).toContain('accuracy        100.00 % +- 0.00 %');
  expect(await rxface(...args, '--threads', '1', '--reduce', '20')).toBe(0);
  expect(out).toContain('cfp-fp-20px, 20 pairs');
  expect(await rxface(...args, '--threads', '1', '--reduce', '113')).toBe(2);
  expect(err).toContain('evaluate: --reduce must be at most the 112 pixels of the network, received 113');
});

it("scores the pairs of a .bin as it does the same pairs of a protocol's files", async () => {
  const here = await cfpOfTwo();
  const fp = ['cfp', '--data', `${here}/images`, '--protocol', here, '--subset', 'fp'];
  const more = ['--model', 'untrained:ir10', '--threads', '1', '--json'];
  expect(await rxface(...fp, ...more)).toBe(0);
  const whole = JSON.parse(out);
  const { pairs } = await cfp(here, 'fp');
  const images = pairs.flatMap(({ a, b }) => [a, b]).map((name) => readFileSync(`${here}/images/${name}.jpg`));
  put(here, { 'cfp_fp.bin': pairBinOf(images, pairs.map(({ same }) => same)) }); // prettier-ignore
  expect(await rxface('bin', `${here}/cfp_fp.bin`, ...more)).toBe(0);
  const { threshold, interval, atFar, ...rest } = JSON.parse(out);
  expect(whole).toEqual({ ...rest, threshold: expect.closeTo(threshold, 3), interval: expect.anything(), atFar: expect.anything() }); // prettier-ignore
  // Whom a .bin shows nobody knows.
  expect([whole.atFar.over, atFar.over, atFar.on]).toEqual(['people', 'pairs', 'cfp_fp']);
  expect(interval.accuracy).toEqual([1, 1]);
  expect(await rxface('bin', `${here}/cfp_fp.bin`, ...more.slice(0, -1), '--reduce', '20')).toBe(0);
  expect(out).toContain('cfp_fp.bin-20px, 20 pairs');
  expect(await rxface('bin', `${here}/cfp_fp.bin`, ...more, '--report', `${here}/bin.html`)).toBe(0);
  const record = JSON.parse(readFileSync(`${here}/bin.json`, 'utf8'));
  expect(record).toMatchObject({ protocol: 'cfp_fp.bin', model: 'untrained:ir10', intervals: 'bootstrap over pairs' });
  expect(record.hardest).toHaveLength(16);
  expect(record.hardest[0].b).toBe(String(Number(record.hardest[0].a) + 1));
  expect(await rxface('bin', `${here}/images/001/frontal/01.jpg`, ...more)).toBe(1);
  expect(err).toContain('01.jpg, byte 0: expected a pickle of protocol 2 to 5');
});

it('blurs, covers, cuts to folds, and compares groups', async () => {
  const here = await cfpOfTwo();
  const args = ['cfp', '--data', `${here}/images`, '--protocol', here, '--subset', 'fp', '--model', 'untrained:ir10'];
  expect(await rxface(...args, '--threads', '1', '--folds', '5-10', '--blur', '7', '--occlude', '29')).toBe(0);
  expect(out).toContain('cfp-fp-folds5to10-blur7-oc29, 12 pairs');
  expect(await rxface(...args, '--folds', 'all')).toBe(2);
  expect(err).toContain("evaluate: --folds must be folds such as '5-10' or '1,3,5', received 'all'");
  expect(await rxface(...args, '--blur', '8')).toBe(2);
  expect(err).toContain('evaluate: --blur must be an odd number, received 8');
  expect(await rxface(...args, '--occlude', '113')).toBe(2);
  put(here, {
    'groups.csv':
      'image,kind\n001/frontal/01.jpg,x\n002/frontal/01.jpg,x\n001/profile/01.jpg,y\n002/profile/01.jpg,y\n',
  });
  const groups = ['groups', '--data', `${here}/images`, '--labels', `${here}/groups.csv`, '--column', 'kind'];
  const more = ['--model', 'untrained:ir10', '--threads', '1', '--far', '0.3'];
  expect(await rxface(...groups, ...more)).toBe(0);
  expect(out).toMatch(
    /^4 pairs, FAR [\d.e+-]+ at [\d.]+ \(squared distance\), 1 faces left out\nx +FMR .* 2 faces\ny .*\nbias /,
  );
  const report = `${here}/groups.html`;
  expect(await rxface(...groups, ...more, '--json', '--report', report)).toBe(0);
  const found = JSON.parse(out) as { groups: { fmr: number }[]; curve?: object };
  const record = JSON.parse(readFileSync(`${here}/groups.json`, 'utf8')) as EvaluationRecord;
  expect(record).toMatchObject({
    protocol: 'false matches by kind',
    trials: '4 pairs of two people among 4 faces of 2 groups',
  });
  expect(record.figures.at(-1)).toMatchObject({ name: 'FMR of y', value: found.groups[1]!.fmr });
  expect(record.groups!.fmr.map(({ name, rates }) => [name, rates.at(-1)])).toEqual([
    ['x', 1],
    ['y', 1],
  ]);
  expect(readFileSync(report, 'utf8')).toContain('aria-label="False matches"');
  expect(readFileSync(report, 'utf8')).not.toMatch(/NaN|undefined|Infinity/);
  expect(await rxface(...groups, ...more, '--report', `${here}/groups.pdf`)).toBe(2);
  expect(found.curve).toBeUndefined();
  expect(found).toMatchObject({
    pairs: 4,
    groups: [
      { name: 'x', pairs: 1 },
      { name: 'y', pairs: 1 },
    ],
  });
});

it('says what is wrong, and exits 2 for wrong use', async () => {
  expect(await rxface('lfw', '--data', 'x.tar', '--model', 'm')).toBe(2);
  const cfp = ['cfp', '--data', 'x', '--protocol', 'y', '--model', 'm'];
  expect(await rxface(...cfp, '--subset', 'pp')).toBe(2);
  expect(err).toContain("evaluate cfp: --subset must be 'ff' or 'fp', received 'pp'");
  expect(await rxface('lfw', '--data', 'x.tar', '--pairs', 'p', '--model', 'untrained:ir9')).toBe(2);
  expect(await rxface('lfw', '--data', '/no/x.tar', '--pairs', '/no/p.txt', '--model', 'untrained:ir10')).toBe(1);
  expect(err).toContain('/no/p.txt: ');
});
