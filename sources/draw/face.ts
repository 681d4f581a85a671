import { type Colour, hex, mix, scale } from './colour.ts';
import { drawBeard } from './beard.ts';
import { drawNeck } from './body.ts';
import { drawEar } from './ears.ts';
import { drawEyes, eyeCentre } from './eyes.ts';
import { drawGlasses } from './glasses.ts';
import { drawHair, drawHairBehind, hairCoversEars, hairline } from './hair.ts';
import { type Head, headOf } from './head.ts';
import type { Identity } from './identity.ts';
import { drawMarks } from './marks.ts';
import { drawMouth, mouthCorner } from './mouth.ts';
import { drawNose, noseTip } from './nose.ts';
import { curve, hundredths, n, type Point } from './path.ts';
import { type Picture, SQUARES } from './picture.ts';
import { placed } from './placement.ts';
import { fill, type Sheet, sheetOf } from './sheet.ts';

/** Drawings are made in pixels of a face of this size, whatever the size they are rendered at. */
export const DRAWN_SIZE = 112;

export interface DrawnFace {
  svg: string;
  /** Five x, y in pixels of the rendered picture. */
  points: Float32Array;
}

/** Draws a person as a picture of them says, `size` x `size` pixels. */
export function drawFace(identity: Identity, picture: Picture, size: number): DrawnFace {
  const raw = landmarksOf(headOf(identity.measures, picture.pose), identity, picture);
  const pixels = size / DRAWN_SIZE;
  const put = placed(raw, picture.placement, 0.5 / pixels);
  const head = headOf(identity.measures, picture.pose, put);
  const [zero, one] = [put([0, 0]), put([1, 0])];
  const sheet = sheetOf(identity, picture, head, Math.hypot(one[0] - zero[0], one[1] - zero[1]));
  const points = landmarksOf(head, identity, picture).flatMap(([x, y]) => [x * pixels - 0.5, y * pixels - 0.5]);
  return { svg: svgOf(sheet, size), points: Float32Array.from(points) };
}

function landmarksOf(head: Head, { measures }: Identity, { expression }: Picture): Point[] {
  const eye = (side: -1 | 1): Point => head.at(...eyeCentre(measures, side), -measures.eyeDepth);
  const corner = (side: -1 | 1): Point => head.at(...mouthCorner(measures, expression, side));
  return [eye(-1), eye(1), head.at(...noseTip(measures)), corner(-1), corner(1)];
}

function svgOf(sheet: Sheet, size: number): string {
  const { picture } = sheet;
  const behind = picture.pose.yaw > 0 ? 1 : -1;
  const nearEar = drawEar(sheet, behind === 1 ? -1 : 1);
  const parts = [
    `<rect width="100%" height="100%" fill="url(#b)"/>`,
    drawHairBehind(sheet),
    drawNeck(sheet),
    drawEar(sheet, behind),
    fill(outlineOf(sheet), sheet.skin),
    // A head that looks up shows more of its forehead than its slices do.
    fill(curve(hairline(sheet), true), sheet.skin),
    drawMarks(sheet),
    drawBeard(sheet),
    drawMouth(sheet),
    drawEyes(sheet),
    drawNose(sheet),
    hairCoversEars(sheet) ? nearEar + drawHair(sheet) : drawHair(sheet) + nearEar,
    drawGlasses(sheet),
    `<rect width="100%" height="100%" fill="url(#s)"/>`,
    squareOf(picture),
  ];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${n(DRAWN_SIZE)} ${n(DRAWN_SIZE)}">` +
    `<defs>${gradients(sheet)}</defs>${parts.join('')}</svg>`
  );
}

function outlineOf({ head, identity }: Sheet): string {
  const { crownHeight, chinHeight } = identity.measures;
  const heights = [
    ...[-0.97, -0.85, -0.6, -0.3].map((y) => y * crownHeight),
    ...[0, 0.2, 0.4, 0.6, 0.76, 0.89, 0.97].map((y) => y * chinHeight),
  ];
  const side = (which: -1 | 1): Point[] => heights.map((y) => head.edge(y, which));
  return curve([...side(1), head.at(0, chinHeight * 0.999), ...side(-1).toReversed()], true);
}

/**
 * k: skin, lighter towards the light; s: the shadow over the whole picture; b: the background; n: the shade of the nose,
 * stronger to its tip; r, h, d: soft spots of blush, light and dark.
 */
function gradients({ head, identity, picture, ink, px, tone }: Sheet): string {
  const { from, shadow } = picture.light;
  const [x, y] = head.at(from[0] * 0.35, 0.35 + from[1] * 0.45);
  const skin = (by: number): string => ink(scale(identity.skin, [by, by ** 1.12, by ** 1.18]));
  const stops = (list: [number, string, number?][]): string =>
    list
      .map(([at, colour, opacity]) => {
        const faint = opacity === undefined ? '' : ` stop-opacity="${hundredths(opacity)}"`;
        return `<stop offset="${hundredths(at)}" stop-color="${colour}"${faint}/>`;
      })
      .join('');
  const [above, below] = picture.background;
  const ends = (a: Point, b: Point): string => `x1="${n(a[0])}" y1="${n(a[1])}" x2="${n(b[0])}" y2="${n(b[1])}"`;
  const beyond = (sign: 1 | -1): Point => [56 + sign * from[0] * 40, 60 + sign * from[1] * 40];
  const soft = (id: string, colour: Colour): string =>
    `<radialGradient id="${id}">${stops([
      [0, ink(colour)],
      [1, ink(colour), 0],
    ])}</radialGradient>`;
  const tip = head.place(...noseTip(identity.measures));
  const dark = hex(mix([20, 14, 22], identity.skin, 0.1));
  return (
    `<radialGradient id="k" gradientUnits="userSpaceOnUse" cx="${n(x)}" cy="${n(y)}" r="${n(px(1.75))}">` +
    `${stops([
      [0, skin(1.08)],
      [0.45, skin(1)],
      [0.8, skin(0.86)],
      [1, skin(0.74)],
    ])}</radialGradient>` +
    `<linearGradient id="s" gradientUnits="userSpaceOnUse" ${ends(beyond(1), beyond(-1))}>` +
    `${stops([
      [0.2, dark, 0],
      [0.62, dark, 0.22 * shadow],
      [1, dark, 0.6 * shadow],
    ])}</linearGradient>` +
    soft('r', mix(identity.skin, [214, 70, 70], 0.5)) +
    soft('h', scale(identity.skin, 1.18)) +
    soft('d', scale(identity.skin, [0.58, 0.5, 0.46])) +
    `<linearGradient id="n" gradientUnits="userSpaceOnUse" ${ends(head.at(0, 0), head.see(tip))}>` +
    `${stops([
      [0.1, tone(0.5), 0],
      [1, tone(0.5)],
    ])}</linearGradient>` +
    `<linearGradient id="b" x2="0" y2="1">${stops([
      [0, ink(above)],
      [1, ink(below)],
    ])}</linearGradient>`
  );
}

function squareOf({ occlusion }: Picture): string {
  if (!occlusion) return '';
  const side = SQUARES[occlusion.level]!;
  return `<rect x="${n(occlusion.x)}" y="${n(occlusion.y)}" width="${n(side)}" height="${n(side)}" fill="${hex(occlusion.colour)}"/>`;
}
