import { describe, expect, it } from 'vitest';
import { headOf } from '../../../sources/draw/head.ts';
import { identityOf } from '../../../sources/draw/identity.ts';
import { type Picture, pictureOf } from '../../../sources/draw/picture.ts';
import { type Sheet, sheetOf } from '../../../sources/draw/sheet.ts';
import { DRAWN_PARTS } from '../../contracts/drawnParts.ts';

const ELEMENTS =
  /^(<(path|circle|rect)( (d|fill|fill-opacity|stroke-opacity|r|transform|stroke|stroke-width|stroke-linecap|width|height)="[-#%.(),a-zA-Z0-9 ]*")+\/>)*$/;

function sheet(number: number, change: (picture: Picture) => Partial<Picture> = () => ({})): Sheet {
  const identity = identityOf(3, number);
  const drawn = pictureOf(3, number, 0, identity, { blur: 0, occlusion: 0, aligned: true });
  const picture = { ...drawn, ...change(drawn) };
  const head = headOf(identity.measures, picture.pose, ([x, y]) => [56 + 35 * x, 51 + 35 * y]);
  return sheetOf(identity, picture, head, 35);
}
const turned =
  (yaw: number, pitch = 0) =>
  () => ({ pose: { yaw, pitch } });
const count = (text: string, what: string): number => text.split(what).length - 1;

describe.each(Object.entries(DRAWN_PARTS))('drawn part: %s', (_, draw) => {
  it('is elements of SVG without a number missing, whoever it is and however the head turns', () => {
    for (let number = 0; number < 60; number += 1) expect(draw(sheet(number))).toMatch(ELEMENTS);
    for (const yaw of [-1.05, 0, 1.05])
      for (const pitch of [-0.4, 0.4]) expect(draw(sheet(1, turned(yaw, pitch)))).toMatch(ELEMENTS);
  });

  it('is the same each time', () => expect(draw(sheet(5))).toBe(draw(sheet(5))));
});

describe('drawn parts', () => {
  const { beard, eyes, glasses, marks, mouth, nose, 'hair behind': behind } = DRAWN_PARTS;

  it('leave out what a picture is without', () => {
    expect(beard!(sheet(1, () => ({ beard: 0 })))).toBe('');
    expect(beard!(sheet(1, () => ({ beard: 0.9 })))).not.toBe('');
    expect(glasses!(sheet(1, () => ({ glasses: undefined })))).toBe('');
    const short = (picture: Picture) => ({ hair: { ...picture.hair, style: 0 } });
    const long = (picture: Picture) => ({ hair: { ...picture.hair, style: 3 } });
    expect(behind!(sheet(1, short))).toBe('');
    expect(behind!(sheet(1, long))).not.toBe('');
  });

  it('hide what is behind the head or the nose', () => {
    const [ahead, aside] = [sheet(1, turned(0)), sheet(1, turned(1.5))];
    expect(count(eyes!(aside), '<circle')).toBeLessThan(count(eyes!(ahead), '<circle'));
    expect(nose!(aside).length).toBeLessThan(nose!(ahead).length);
    expect(marks!(aside).length).toBeLessThan(marks!(ahead).length);
  });

  it('show teeth in an open mouth only', () => {
    const open = (mouthOpen: number) => (picture: Picture) => ({ expression: { ...picture.expression, mouthOpen } });
    expect(count(mouth!(sheet(1, open(1))), '<path')).toBeGreaterThan(count(mouth!(sheet(1, open(0))), '<path'));
  });
});
