import sharp from 'sharp';
import { expect, it } from 'vitest';
import { evaluateCommand } from '../../../pipeline/cli/evaluate.ts';
import { cfpFilesOfTwo } from '../../fixtures/cfp.ts';
import { commandLine } from '../../fixtures/commandLine.ts';
import { folder, put } from '../../fixtures/archives.ts';

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
  expect(Object.keys(result)).toEqual(['accuracy', 'val', 'tar', 'auc', 'threshold', 'pairs']);
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

it('says what is wrong, and exits 2 for wrong use', async () => {
  expect(await rxface('lfw', '--data', 'x.tar', '--model', 'm')).toBe(2);
  const cfp = ['cfp', '--data', 'x', '--protocol', 'y', '--model', 'm'];
  expect(await rxface(...cfp, '--subset', 'pp')).toBe(2);
  expect(err).toContain("evaluate cfp: --subset must be 'ff' or 'fp', received 'pp'");
  expect(await rxface('lfw', '--data', 'x.tar', '--pairs', 'p', '--model', 'untrained:ir9')).toBe(2);
  expect(await rxface('lfw', '--data', '/no/x.tar', '--pairs', '/no/p.txt', '--model', 'untrained:ir10')).toBe(1);
  expect(err).toContain('/no/p.txt: ');
});
