import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeWithSharp, encodeSvg, type Pixels } from '../../../pipeline/pixels.ts';
import type { Colour } from '../../../sources/draw/colour.ts';
import { drawFace } from '../../../sources/draw/face.ts';
import { type Identity, identityOf } from '../../../sources/draw/identity.ts';
import { type Picture, pictureOf } from '../../../sources/draw/picture.ts';

const NONE = { blur: 0, occlusion: 0, aligned: false };
const MAGENTA: Colour = [255, 0, 255];

/** People and pictures as they come, but lit evenly, bare, and with nothing before the face. */
function plain(number: number, change: { identity?: object; measures?: object; picture?: object } = {}) {
  const someone = identityOf(5, number);
  const drawn = pictureOf(5, number, 0, someone, NONE);
  const measures = { ...someone.measures, skew: 0, cheekRedness: 0, foldDepth: 0, ...change.measures };
  const identity: Identity = { ...someone, moles: [], freckles: [], scar: undefined, ...change.identity, measures };
  const picture: Picture = {
    ...drawn,
    beard: 0,
    glasses: undefined,
    light: { from: [0, -1], shadow: 0, tint: [1, 1, 1] },
    hair: { ...drawn.hair, style: 0, colour: [0, 0, 90] },
    background: [
      [0, 0, 90],
      [0, 0, 90],
    ],
    clothes: [0, 0, 90],
    expression: { ...drawn.expression, eyesShut: 0, gaze: [0, 0], mouthOpen: 0 },
    ...change.picture,
  };
  return { identity, picture };
}

async function rendered(svg: string): Promise<Pixels> {
  return decodeWithSharp(await encodeSvg(svg, { quality: 100 }));
}

/** Left, top, right and bottom most of the pixels that are of a colour. */
function boundsOf({ data, width }: Pixels, is: (r: number, g: number, b: number, x: number) => boolean): number[] {
  const bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < data.length; i += 3) {
    const [x, y] = [(i / 3) % width, Math.floor(i / 3 / width)];
    if (!is(data[i]!, data[i + 1]!, data[i + 2]!, x)) continue;
    bounds[0] = Math.min(bounds[0]!, x);
    bounds[1] = Math.min(bounds[1]!, y);
    bounds[2] = Math.max(bounds[2]!, x);
    bounds[3] = Math.max(bounds[3]!, y);
  }
  return bounds;
}

// One pixel of a face of 112, on renderings twice as large.
const SIZE = 224;
const PIXEL = 2;
const turns = [-0.6, -0.3, 0, 0.25, 0.6];

describe('drawn face', () => {
  it.each(turns)('has its eyes where the points say, turned by %f', async (yaw) => {
    for (const number of [1, 2, 3]) {
      const { identity, picture } = plain(number, {
        identity: { iris: MAGENTA },
        measures: { eyeHeight: 0.22, lidFold: 0.1, noseReach: 0.05, browHeight: 0.4 },
        picture: { pose: { yaw, pitch: 0.1 } },
      });
      const { svg, points } = drawFace(identity, picture, SIZE);
      const pixels = await rendered(svg);
      const between = (points[0]! + points[2]!) / 2;
      for (const side of [0, 1]) {
        const iris = boundsOf(pixels, (_, g, b, x) => x > between === (side === 1) && b > 120 && b > 2 * g);
        expect(Math.abs((iris[0]! + iris[2]!) / 2 - points[2 * side]!)).toBeLessThan(PIXEL);
        expect(Math.abs((iris[1]! + iris[3]!) / 2 - points[2 * side + 1]!)).toBeLessThan(PIXEL);
      }
    }
  });

  it.each(turns)('has the corners of its mouth where the points say, turned by %f', async (yaw) => {
    for (const number of [4, 5, 6]) {
      const { identity, picture } = plain(number, {
        identity: { skin: [0, 255, 0] },
        measures: { lipRedness: 1.8, upperLip: 0.1, lowerLip: 0.12 },
        picture: { pose: { yaw, pitch: -0.1 }, placement: { scale: 0.95, turn: 0, shift: [2, -3] } },
      });
      const { svg, points } = drawFace(identity, picture, SIZE);
      const pixels = await rendered(svg);
      const low = points[5]! * SIZE;
      let at = 0;
      const lips = boundsOf(pixels, (r, g) => (at += 1) > low && r > 70 && r > 0.5 * g);
      expect(Math.abs(lips[0]! - points[6]!)).toBeLessThan(PIXEL);
      expect(Math.abs(lips[2]! - points[8]!)).toBeLessThan(PIXEL);
    }
  });

  it.each([-1, 1])('has the tip of its nose where the points say, seen from the side (%i)', async (side) => {
    const { identity, picture } = plain(7, {
      identity: { skin: [0, 255, 0] },
      measures: { noseReach: 0.5, earOut: 0 },
      picture: {
        pose: { yaw: side, pitch: 0 },
        background: [
          [255, 0, 0],
          [255, 0, 0],
        ],
        placement: { scale: 0.7, turn: 0, shift: [0, 0] },
      },
    });
    const { svg, points } = drawFace(identity, picture, SIZE);
    const near = boundsOf(await rendered(svg), (r, g, b) => g > 70 && r < 120 && b < 60);
    expect(Math.abs(near[side < 0 ? 0 : 2]! - points[4]!)).toBeLessThan(PIXEL);
  });

  it('lies in the same place of the template at every size', () => {
    const { identity, picture } = plain(1);
    const [small, large] = [drawFace(identity, picture, 56).points, drawFace(identity, picture, 112).points];
    small.forEach((value, i) => expect(value * 2).toBeCloseTo(large[i]!, 3));
  });

  it('covers exactly the square that the picture names', async () => {
    const occlusion = { level: 2, x: 20, y: 40, colour: [255, 0, 255] };
    const { identity, picture } = plain(1, { picture: { occlusion } });
    const pixels = await rendered(drawFace(identity, picture, SIZE).svg);
    expect(boundsOf(pixels, (r, g, b) => r > 180 && g < 60 && b > 180)).toEqual([40, 80, 73, 113]);
  });

  it('is the same drawing everywhere', () => {
    const hash = createHash('sha256');
    for (let number = 0; number < 20; number += 1) {
      const identity = identityOf(1, number);
      hash.update(drawFace(identity, pictureOf(1, number, 3, identity, { ...NONE, occlusion: 0.5 }), 112).svg);
    }
    expect(hash.digest('hex').slice(0, 16)).toBe('b99f2dbae1e4edb9');
  });
});
