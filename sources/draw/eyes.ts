import { mix, scale } from './colour.ts';
import type { Measures } from './identity.ts';
import { curve, hundredths, type Point } from './path.ts';
import { fill, type Sheet, stroke } from './sheet.ts';

/** Edge on, an eye is behind the nose or the head's own edge. */
const HIDDEN = 0.08;
const SIDES = [-1, 1] as const;
const STEPS = [0, 0.2, 0.4, 0.6, 0.8, 1] as const;

/** Middle of the eye at image left (-1) or right (1) of a face seen from the front. */
export function eyeCentre(measures: Measures, side: -1 | 1): readonly [x: number, y: number] {
  return [side * measures.eyeDistance, side * measures.skew * 0.6];
}

/** Both eyes with their lids, and the brows. */
export function drawEyes(sheet: Sheet): string {
  return SIDES.map((side) => {
    const [x, y] = eyeCentre(sheet.identity.measures, side);
    const shown = sheet.head.facing(x + side * 0.1, y);
    return (shown < HIDDEN ? '' : drawEye(sheet, side)) + (shown < 0 ? '' : drawBrow(sheet, side));
  }).join('');
}

function drawEye(sheet: Sheet, side: -1 | 1): string {
  const { head, ink, px, skin, tone, disc } = sheet;
  const { measures: m, iris, age } = sheet.identity;
  const { eyesShut, gaze, smile } = sheet.picture.expression;
  const [x, y] = eyeCentre(m, side);
  const width = m.eyeWidth;
  const above = m.eyeHeight * (1 - eyesShut * 0.95);
  const below = m.eyeHeight * (1 - eyesShut * 0.5) * (0.9 - 0.3 * Math.max(0, smile));
  // Along the lid from the inner corner (0) to the outer (1), `rise` above the line of the corners.
  const along = (t: number, rise: number): Point => {
    const tilt = m.eyeTilt * width * (1 - 2 * t);
    return head.at(x + side * width * (2 * t - 1), y + tilt - rise * Math.sin(Math.PI * t ** 0.9) ** 0.8, -m.eyeDepth);
  };
  const upper = STEPS.map((t) => along(t, above));
  const lower = STEPS.map((t) => along(t, -below));
  const fold = STEPS.map((t) => along(t, above + m.lidFold + eyesShut * 0.06));
  const over = STEPS.map((t) => along(t, above + 0.13));
  const under = STEPS.map((t) => along(t, -below - 0.1));
  const [ix, iy] = [x + gaze[0], y + gaze[1]];
  const dark = ink([30, 20, 18]);
  const lash = mix(sheet.identity.hair, [20, 16, 16], 0.7);
  return [
    disc(
      x,
      y - 0.03,
      width * 1.6,
      0.3,
      `fill="url(#d)" fill-opacity="${hundredths(0.4 + 2 * m.eyeDepth)}"`,
      -m.eyeDepth,
    ),
    fill(curve([...upper, ...lower.slice(1, -1).toReversed()], true), ink([236, 230, 226])),
    disc(ix, iy, m.iris, m.iris, `fill="${ink(scale(iris, 0.55))}"`, -m.eyeDepth),
    disc(ix, iy, m.iris * 0.84, m.iris * 0.84, `fill="${ink(iris)}"`, -m.eyeDepth),
    disc(ix, iy, m.iris * 0.42, m.iris * 0.42, `fill="${dark}"`, -m.eyeDepth),
    disc(
      ix + sheet.picture.light.from[0] * 0.03,
      iy - 0.03,
      0.018,
      0.018,
      'fill="#fff" fill-opacity=".85"',
      -m.eyeDepth,
    ),
    fill(curve([...upper, ...over.toReversed()], true), skin),
    fill(curve([...lower, ...under.toReversed()], true), skin),
    fill(curve([...upper, ...fold.toReversed()], true), tone(0.8), 0.35),
    stroke(curve(fold), tone(0.5), px(0.016), 0.6),
    stroke(curve(lower), tone(0.55), px(0.014), 0.5),
    stroke(curve(STEPS.map((t) => along(t, -below - 0.09))), tone(0.6), px(0.03), 0.4 * m.eyeBags * (0.6 + age)),
    stroke(curve(upper), ink(lash), px(0.032)),
  ].join('');
}

function drawBrow(sheet: Sheet, side: -1 | 1): string {
  const { head, ink } = sheet;
  const { measures: m, hair, skin } = sheet.identity;
  const { brows } = sheet.picture.expression;
  const inner = m.eyeDistance - m.eyeWidth + m.browGap - 0.03;
  const line = (t: number, thick: number): Point => {
    const height = m.browHeight + m.browTilt * (t - 0.5) * -1 + m.browArch * Math.sin(Math.PI * t ** 1.4);
    const moved = brows * (brows < 0 ? 0.06 * (1 - t) : 0.06);
    const body = m.browThickness * (1 - 0.75 * t ** 3) * (0.7 + 0.6 * Math.min(1, t * 3));
    return head.at(
      side * (inner + 2 * m.browLength * t * 0.95),
      -height - moved - thick * body + side * m.skew * 0.6,
      0.02,
    );
  };
  const edge = (thick: number): Point[] => [0, 0.25, 0.5, 0.75, 1].map((t) => line(t, thick));
  const colour = mix(mix(hair, [34, 26, 22], 0.45), skin, 1 - m.browDarkness);
  return fill(curve([...edge(0.5), ...edge(-0.5).toReversed()], true), ink(colour), 0.9);
}
