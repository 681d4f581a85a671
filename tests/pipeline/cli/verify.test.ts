import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import { verifyCommand } from '../../../pipeline/cli/verify.ts';
import { calibrate } from '../../../pipeline/recipes/comparePair.ts';
import { freshFolder } from '../../fixtures/checkpoint.ts';
import { commandLine, type Ended } from '../../fixtures/commandLine.ts';

const here = freshFolder();
const at = (name: string): string => join(here, name);
const verify = (...args: string[]): Promise<Ended> =>
  commandLine(verifyCommand, 'verify', ...args, '--model', 'untrained:ir10');

beforeAll(async () => {
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
  expect(other.out[0]).toMatch(/^similarity {2}-?0\.\d{4} \(cosine, -1 to 1\)$/);
  expect(other.out[1]).toBe('threshold   not known: --data and --pairs measure one');
});

it('warns of a photograph that is hardly aligned', async () => {
  const { code, err } = await verify(at('a.png'), at('small.png'));
  expect([code, err.at(-1)]).toEqual([0, 'rxface: small.png is not 112x112 pixels: it was resized, not aligned, and the figure says little']); // prettier-ignore
});

it('names what is wrong', async () => {
  expect(await verify(at('a.png'), at('b.png'), '--data', here)).toMatchObject({ code: 2, err: [expect.stringContaining('--pairs must be given with the other')] }); // prettier-ignore
  expect(await verify(at('a.png'), at('none.png'))).toMatchObject({ code: 1, err: [expect.anything(), expect.stringContaining('none.png: there is no such file')] }); // prettier-ignore
});

it('takes the lowest threshold that no more strangers pass than may', () => {
  const scores = {
    protocol: 'lfw',
    distances: Float64Array.of(0.2, 0.6, 1, 1.2, 1.4, 2),
    same: Uint8Array.of(1, 1, 0, 1, 0, 0),
    folds: 1,
  };
  expect(calibrate(scores, 0.4)).toMatchObject({
    on: 'lfw',
    threshold: expect.closeTo(0.4, 9),
    far: 1 / 3,
    strangers: 3,
  });
  expect(() => calibrate(scores, 0.1)).toThrow(/--far must be at least 0\.33\d+, one of the 3 strangers of lfw/);
});
