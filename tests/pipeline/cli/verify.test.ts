import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import { verifyCommand } from '../../../pipeline/cli/verify.ts';
import type { ThresholdAtFar } from '../../../operators/evaluate/thresholdAtFar.ts';
import { freshFolder } from '../../fixtures/checkpoint.ts';
import { commandLine, type Ended } from '../../fixtures/commandLine.ts';

const here = freshFolder();
const at = (name: string): string => join(here, name);
const verify = (...args: string[]): Promise<Ended> =>
  commandLine(verifyCommand, 'verify', ...args, '--model', 'untrained:ir10');

const strangers = { folderOf: freshFolder() };

beforeAll(async () => {
  for (const [name, grey] of Object.entries({
    'ann/ann_0001': 40,
    'ann/ann_0002': 44,
    'bob/bob_0001': 200,
    'bob/bob_0002': 204,
  })) {
    mkdirSync(join(strangers.folderOf, name, '..'), { recursive: true });
    const create = { width: 112, height: 112, channels: 3, background: { r: grey, g: 255 - grey, b: 90 } } as const;
    writeFileSync(join(strangers.folderOf, `${name}.png`), await sharp({ create }).png().toBuffer());
  }
  const pairs = '2\t1\nann\t1\t2\nann\t1\tbob\t1\nbob\t1\t2\nbob\t2\tann\t2\n';
  writeFileSync(join(strangers.folderOf, 'pairs.txt'), pairs);
  for (const [name, side, grey] of [
    ['a.png', 112, 40],
    ['b.png', 112, 220],
    ['small.png', 60, 40],
  ] as const) {
    // prettier-ignore
    const create = { width: side, height: side, channels: 3, background: { r: grey, g: 255 - grey, b: 90 } } as const;
    writeFileSync(at(name), await sharp({ create }).png().toBuffer());
  }
});

it('says how alike two photographs are', async () => {
  const same = await verify(at('a.png'), at('a.png'), '--json');
  const { similarity, notAligned } = JSON.parse(same.out.join('')) as { similarity: number; notAligned: string[] };
  expect([similarity, notAligned]).toEqual([expect.closeTo(1, 5), []]);
  const other = await verify(at('a.png'), at('b.png'));
  expect(other.out[0]).toMatch(/^similarity {6}-?0\.\d{4} \(cosine, -1 to 1\)$/);
  expect(other.out[1]).toBe('threshold       not known: --data and --pairs measure one');
});

it('warns of a photograph that is hardly aligned', async () => {
  const { code, err } = await verify(at('a.png'), at('small.png'));
  expect([code, err.at(-1)]).toEqual([0, 'rxface: small.png is not 112x112 pixels: it was resized, not aligned, and the figure says little']); // prettier-ignore
});

it('names what is wrong', async () => {
  expect(await verify(at('a.png'), at('b.png'), '--data', here)).toMatchObject({ code: 2, err: [expect.stringContaining('--pairs must be given with the other')] }); // prettier-ignore
  expect(await verify(at('a.png'), at('none.png'))).toMatchObject({ code: 1, err: [expect.anything(), expect.stringContaining('none.png: there is no such file')] }); // prettier-ignore
});

it('says which threshold stands for which FAR, how sure that is and on which set', async () => {
  const { folderOf } = strangers;
  const args = [at('a.png'), at('a.png'), '--data', folderOf, '--pairs', join(folderOf, 'pairs.txt'), '--far', '0.5'];
  const { out } = await verify(...args, '--json');
  const { similarity, same, calibration } = JSON.parse(out.join('')) as {
    similarity: number;
    same: boolean;
    calibration: ThresholdAtFar;
  };
  expect(calibration).toMatchObject({ on: 'lfw', wanted: 0.5, strangers: 2, genuine: 2, over: 'people' });
  expect(calibration.far).toBeLessThanOrEqual(0.5);
  expect(same).toBe(similarity >= calibration.threshold);
  const text = (await verify(...args)).out;
  expect(text[1]).toMatch(/^for FAR 5e-1 {4}cosine -?[01]\.\d{4}, 95 % interval -?[01]\.\d{4} to -?[01]\.\d{4}$/);
  expect(text[2]).toMatch(
    /^FAR there {7}\S+, 95 % interval \S+ to \S+, of the 2 strangers of lfw \(bootstrap over people\)$/,
  );
  expect(text[3]).toBe('answer          the same person');
});
