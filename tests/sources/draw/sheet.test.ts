import { expect, it } from 'vitest';
import { headOf } from '../../../sources/draw/head.ts';
import { identityOf } from '../../../sources/draw/identity.ts';
import { pictureOf } from '../../../sources/draw/picture.ts';
import { fill, sheetOf, stroke } from '../../../sources/draw/sheet.ts';

const identity = identityOf(5, 1);
const drawn = pictureOf(5, 1, 0, identity, { blur: 0, occlusion: 0, aligned: true });
const picture = { ...drawn, pose: { yaw: 0, pitch: 0 }, light: { ...drawn.light, tint: [0.5, 1, 2] as const } };
const sheet = sheetOf(identity, picture, headOf(identity.measures, picture.pose), 35);

it('colours everything in the light of the picture', () => {
  expect(sheet.ink([100, 100, 100])).toBe('#3264c8');
  expect(sheet.tone(1)).toBe(sheet.ink(identity.skin));
});

it('lays discs on the face', () => {
  const numbers = /matrix\((.*)\)"/
    .exec(sheet.disc(0, 0, 1, 1, ''))![1]!
    .split(' ')
    .map(Number);
  const [across, , , down, x] = numbers;
  expect(across).toBeGreaterThan(20);
  expect(down).toBeGreaterThan(20);
  expect(x).toBe(0);
});

it('fills and strokes', () => {
  expect(fill('M0 0', '#000')).toBe('<path d="M0 0" fill="#000"/>');
  expect(fill('M0 0', '#000', 0.5)).toBe('<path d="M0 0" fill="#000" fill-opacity="0.5"/>');
  expect(stroke('M0 0', '#000', 1)).toContain('stroke-width="20"');
  expect(stroke('M0 0', '#000', 1, 0.01)).toBe('');
});
