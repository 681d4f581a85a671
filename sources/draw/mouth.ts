import { mix, scale } from './colour.ts';
import type { Measures } from './identity.ts';
import { curve, type Point } from './path.ts';
import type { Picture } from './picture.ts';
import { fill, type Sheet, stroke } from './sheet.ts';

/** How far the lips stand off the face. */
const LIFT = 0.07;

/** Corner of the mouth at image left (-1) or right (1) of a face seen from the front: x, y, lift. */
export function mouthCorner(
  m: Measures,
  { smile, mouthOpen }: Picture['expression'],
  side: -1 | 1,
): readonly [x: number, y: number, lift: number] {
  const width = m.mouthWidth * (1 + 0.22 * smile - 0.08 * mouthOpen);
  return [m.skew + side * width, m.mouthHeight - 0.1 * smile + side * m.skew * 0.7, LIFT - 0.06];
}

/** Lips, and what is seen between them. */
export function drawMouth(sheet: Sheet): string {
  const { head, ink, px, tone } = sheet;
  const { measures: m, skin } = sheet.identity;
  const { smile, mouthOpen } = sheet.picture.expression;
  const left = mouthCorner(m, sheet.picture.expression, -1);
  const right = mouthCorner(m, sheet.picture.expression, 1);
  const [middle, half] = [(left[0] + right[0]) / 2, (right[0] - left[0]) / 2];
  // A smile stretches the lips thin and lets the middle hang below the corners.
  const thin = 1 - 0.3 * Math.max(0, smile);
  const sag = (t: number): number => 0.11 * smile * (1 - t * t) - m.mouthTilt * t * t;
  const gap = mouthOpen * 0.2;
  const point = (t: number, y: number): Point => {
    const corner = t < 0 ? left : right;
    const share = Math.abs(t);
    const bent = m.mouthHeight + sag(t) + y;
    // Through the very corners at both ends.
    return share === 1
      ? head.at(...corner)
      : head.at(middle + half * t, corner[1] * share ** 3 + bent * (1 - share ** 3), LIFT - 0.06 * share ** 3);
  };
  const row = (y: (t: number) => number): Point[] => [-1, -0.66, -0.33, 0, 0.33, 0.66, 1].map((t) => point(t, y(t)));
  const full = (t: number): number => Math.sqrt(1 - t * t);
  const bow = (t: number): number => m.cupid * (Math.abs(t) < 0.2 ? -1 : Math.abs(t) < 0.5 ? 0.9 : 0);
  const top = row((t) => -(m.upperLip * thin * full(t) + bow(t)) - gap * 0.35 * full(t));
  const upperEdge = row((t) => -gap * 0.35 * full(t));
  const lowerEdge = row((t) => gap * 0.65 * full(t));
  const bottom = row((t) => (m.lowerLip * thin + gap * 0.6) * full(t) ** 0.8);
  const lips = mix(scale(skin, [0.86, 0.68, 0.66]), [176, 58, 66], m.lipRedness * 0.55);
  const outline = (a: Point[], b: Point[]): string => curve([...a, ...b.slice(1, -1).toReversed()], true);
  const teeth = row((t) => -gap * 0.35 * full(t) + Math.min(gap * 0.55, 0.07) * full(t));
  return [
    fill(outline(top, bottom), ink(lips)),
    fill(outline(top, upperEdge), ink(scale(lips, 0.82))),
    gap > 0 ? fill(outline(upperEdge, lowerEdge), ink([62, 22, 24])) : '',
    gap > 0.02 ? fill(outline(upperEdge, teeth), ink([232, 226, 216])) : '',
    gap > 0 ? '' : stroke(curve(upperEdge), ink(scale(lips, 0.45)), px(0.022), 0.85),
    sheet.disc(
      middle,
      m.mouthHeight + sag(0) + gap * 0.65 + m.lowerLip * 0.5,
      half * 0.4,
      m.lowerLip * 0.22,
      `fill="${tone(1.3)}" fill-opacity=".22"`,
      LIFT,
    ),
    stroke(
      curve([-0.5, 0, 0.5].map((t) => point(t, gap * 0.6 + m.lowerLip * thin + 0.07))),
      tone(0.55),
      px(0.05),
      0.22,
    ),
  ].join('');
}
