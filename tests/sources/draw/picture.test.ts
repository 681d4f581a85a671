import { expect, it } from 'vitest';
import { identityOf } from '../../../sources/draw/identity.ts';
import { KERNELS, type Picture, pictureOf, SQUARES } from '../../../sources/draw/picture.ts';

const OPTIONS = { blur: 0.5, occlusion: 0.5, aligned: false };
const me = identityOf(5, 1);
const pictures = Array.from({ length: 600 }, (_, image) => pictureOf(5, 1, image, me, OPTIONS));
const share = (has: (picture: Picture) => unknown): number => pictures.filter(has).length / pictures.length;

it('knows a picture by seed, person and number, and what is left out changes nothing else', () => {
  expect(pictureOf(5, 1, 9, me, OPTIONS)).toEqual(pictures[9]);
  const plain = pictureOf(5, 1, 9, me, { blur: 0, occlusion: 0, aligned: true });
  expect(plain).toEqual({
    ...pictures[9],
    blur: undefined,
    occlusion: undefined,
    placement: { scale: 1, turn: 0, shift: [0, 0] },
  });
});

it('turns heads up to 60 degrees to both sides, most of them less', () => {
  const yaws = pictures.map(({ pose }) => (pose.yaw * 180) / Math.PI);
  expect(Math.max(...yaws)).toBeGreaterThan(50);
  expect(Math.min(...yaws)).toBeLessThan(-50);
  expect(Math.max(...yaws.map(Math.abs))).toBeLessThanOrEqual(60 + 1e-9);
  expect(yaws.filter((yaw) => Math.abs(yaw) < 15).length / yaws.length).toBeGreaterThan(0.4);
});

it('changes hair, beard, glasses, light and background within a person', () => {
  for (const what of ['hair', 'background', 'clothes', 'light', 'expression'] as const)
    expect(new Set(pictures.map((picture) => JSON.stringify(picture[what]))).size).toBeGreaterThan(400);
  expect(share(({ hair }) => hair.colour === me.hair)).toBeLessThan(0.8);
  expect(share(({ glasses }) => glasses)).toBeLessThan(0.7);
  expect(share(({ expression }) => expression.smile > 0.3)).toBeGreaterThan(0.3);
});

it('blurs and covers as often as asked, every class alike, the square inside the face', () => {
  expect(Math.abs(share(({ blur }) => blur !== undefined) - 0.5)).toBeLessThan(0.08);
  expect(Math.abs(share(({ occlusion }) => occlusion) - 0.5)).toBeLessThan(0.08);
  KERNELS.forEach((_, level) => expect(share(({ blur }) => blur === level)).toBeGreaterThan(0.07));
  SQUARES.forEach((_, level) => expect(share(({ occlusion }) => occlusion?.level === level)).toBeGreaterThan(0.05));
  for (const { occlusion } of pictures)
    if (occlusion) expect(Math.max(occlusion.x, occlusion.y) + SQUARES[occlusion.level]!).toBeLessThanOrEqual(112);
});
