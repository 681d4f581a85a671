import { scale } from './colour.ts';
import { curve, type Point } from './path.ts';
import { fill, type Sheet, stroke } from './sheet.ts';

/** A style of hair. Heights are in half widths of the head, y down. */
interface Style {
  /** How far it stands off the skull; the picture's volume comes on top. */
  swell: number;
  /** Height to which it covers the sides. */
  sides: number;
  /** How much lower it falls onto the forehead, as the forehead's share. */
  fringe: number;
  /** How much higher the temples are free. */
  temples: number;
  /** Length of what hangs behind the face; 0 for none. */
  hangs: number;
  /** Share of the ears that it covers. */
  overEars: boolean;
}

const STYLES: readonly Style[] = [
  { swell: 0, sides: 0.05, fringe: 0, temples: 0.1, hangs: 0, overEars: false },
  { swell: 0.06, sides: 0.15, fringe: 0.05, temples: 0.14, hangs: 0, overEars: false },
  { swell: 0.08, sides: 0.2, fringe: 0.45, temples: -0.1, hangs: 0, overEars: false },
  { swell: 0.06, sides: 0.7, fringe: 0, temples: 0, hangs: 2.1, overEars: true },
  { swell: 0.08, sides: 0.6, fringe: 0.5, temples: -0.2, hangs: 1.5, overEars: true },
  { swell: 0.25, sides: 0.5, fringe: 0.1, temples: 0, hangs: 1.1, overEars: true },
  { swell: 0.02, sides: 0.2, fringe: -0.05, temples: 0.2, hangs: 0, overEars: false },
  { swell: 0, sides: 0.15, fringe: -0.22, temples: 0.25, hangs: 0, overEars: false },
];

function styleOf(sheet: Sheet): Style {
  return STYLES[sheet.picture.hair.style]!;
}

export function hairCoversEars(sheet: Sheet): boolean {
  return styleOf(sheet).overEars;
}

/** What hangs behind the head. */
export function drawHairBehind(sheet: Sheet): string {
  const { head, ink } = sheet;
  const style = styleOf(sheet);
  if (style.hangs === 0) return '';
  const swell = style.swell + sheet.picture.hair.volume;
  const down = (side: -1 | 1): Point[] => {
    const top = [-1.3, -0.9, -0.4, 0, 0.4].map((y) => head.edge(y, side, swell));
    const [x, y] = top.at(-1)!;
    const [, above] = top.at(-2)!;
    const step = (y - above) / 0.4;
    return [
      ...top,
      ...[0.35, 0.7, 1].map((t): Point => [x + side * step * 0.08 * t, y + step * (style.hangs - 0.4) * t]),
    ];
  };
  return fill(curve([...down(1), ...down(-1).toReversed()], true), ink(scale(sheet.picture.hair.colour, 0.72)));
}

/** Where the hair begins: from the temple at image right over the forehead to that at image left. */
export function hairline(sheet: Sheet): Point[] {
  const { head } = sheet;
  const { measures: m } = sheet.identity;
  const { part } = sheet.picture.hair;
  const style = styleOf(sheet);
  const front = -m.hairline * (1 - style.fringe * 0.7);
  return [0, 0.06, 0.14, 0.26, 0.4, 0.5, 0.6, 0.74, 0.86, 0.94, 1].map((turn): Point => {
    const out = Math.abs(turn - 0.5) * 2;
    if (out > 0.85) return head.around(style.sides - (1 - out) * 2.2, turn, 0.015);
    const parted =
      style.fringe > 0.1
        ? 0.06 * Math.sin(7 * turn + part * 5)
        : -0.1 * Math.exp(-(((turn - 0.5) * 2 - part) ** 2) * 12);
    const y =
      front - style.temples * Math.sin(Math.PI * out) * 0.8 + (out > 0.6 ? (out - 0.6) * 1.9 : 0) + parted * (1 - out);
    return head.around(Math.max(-m.crownHeight * 0.97, y), turn, 0.015);
  });
}

/** The hair on the head, from its line on the forehead to its outline, with a few strands. */
export function drawHair(sheet: Sheet): string {
  const { head, ink, px } = sheet;
  const { measures: m } = sheet.identity;
  const style = styleOf(sheet);
  const { colour, volume } = sheet.picture.hair;
  const swell = style.swell + volume * (style.swell > 0 ? 1 : 0.3);
  const outer = [-1, -0.95, -0.82, -0.6, -0.3, 0];
  const heights = outer.map((share) => share * m.crownHeight);
  const rightSide = [style.sides, ...heights.toReversed().slice(0, -1)].map((y) => head.edge(y, 1, swell * fade(y)));
  const leftSide = [...heights.slice(1), style.sides].map((y) => head.edge(y, -1, swell * fade(y)));
  const crown = head.see([0, -m.crownHeight * (1 + swell), -0.2]);
  const line = hairline(sheet);
  const outline = [...leftSide.toReversed(), crown, ...rightSide.toReversed(), ...line];
  const strands = [-0.7, -0.35, 0.1, 0.45, 0.75].map((t) => {
    const from = head.around(-m.crownHeight * 0.8, 0.5 - t * 0.3, swell * 0.4);
    const to = head.around(
      -m.hairline * (1 - style.fringe * 0.7) - 0.1 + Math.abs(t) * 0.3,
      0.5 - t * 0.42,
      swell * 0.6,
    );
    return stroke(
      curve([from, [(from[0] + to[0]) / 2 + px(0.08 * t), (from[1] + to[1]) / 2 - px(0.03)], to]),
      ink(scale(colour, t > 0.2 ? 1.35 : 0.7)),
      px(0.05),
      0.45,
    );
  });
  return fill(curve(outline, true), ink(colour)) + (style.swell > 0 ? strands.join('') : '');
}

/** Hair lies closer to the head towards the neck. */
function fade(y: number): number {
  return y < 0 ? 1 : Math.max(0.3, 1 - y);
}
