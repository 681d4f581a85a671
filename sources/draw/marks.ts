import { mix, scale } from './colour.ts';
import type { Mark } from './identity.ts';
import { curve, dots, hundredths, type Point } from './path.ts';
import { type Sheet, stroke } from './sheet.ts';

/** What is on the skin: blush, freckles, moles, a scar, lines of age. */
export function drawMarks(sheet: Sheet): string {
  const { head, identity, ink, px, tone, disc } = sheet;
  const { measures: m, age, skin } = identity;
  const { smile, brows } = sheet.picture.expression;
  const shown = ({ x, y }: Mark): boolean => Math.abs(x) < head.width(y) * 0.9 && head.facing(x, y) > 0.15;
  const spots = (marks: Mark[], colour: string, opacity: number): string =>
    marks.length === 0
      ? ''
      : stroke(dots(marks.map(({ x, y }) => head.at(x, y))), colour, px(marks[0]!.radius * 2), opacity);
  const line = (places: readonly Point[], width: number, opacity: number): string =>
    stroke(curve(places.map(([x, y]) => head.at(x, y, 0.01))), tone(0.55), px(width), opacity);
  const mole = ink(mix(scale(skin, 0.35), [60, 34, 26], 0.5));
  const fold = Math.min(0.4, m.foldDepth * 0.2 + age * 0.2 + Math.max(0, smile) * 0.12);
  return [
    ...[-1, 1]
      .filter((side) => head.facing(side * 0.55, 0.5) > 0.2)
      .map((side) =>
        disc(side * 0.55, 0.48, 0.36, 0.3, `fill="url(#r)" fill-opacity="${hundredths(m.cheekRedness * 2)}"`),
      ),
    spots(identity.freckles.filter(shown), ink(scale(skin, [0.74, 0.6, 0.5])), 0.7),
    ...identity.moles.filter(shown).map((one) => spots([one], mole, 0.95)),
    identity.scar?.every(shown)
      ? stroke(
          curve(identity.scar.map(({ x, y }) => head.at(x, y))),
          ink(mix(skin, [236, 176, 170], 0.6)),
          px(0.035),
          0.9,
        )
      : '',
    ...[0.16, 0.3, 0.44].map((up, i) =>
      line(
        [-0.5, -0.2, 0.2, 0.5].map((x): Point => [x, -m.browHeight - up + 0.06 * x * x]),
        0.02,
        (age - 0.25 - 0.1 * i) * 0.6 + Math.max(0, brows) * 0.12,
      ),
    ),
    ...[-1, 1]
      .filter((side) => head.facing(side * 0.45, 0.8) > 0.2)
      .map((side) =>
        line(
          [
            [side * (m.noseWidth + 0.04), m.noseLength],
            [side * (m.noseWidth + 0.13), m.noseLength + 0.17],
            [side * (m.mouthWidth * (1 + 0.2 * smile) + 0.08), m.mouthHeight - 0.08],
          ],
          0.045,
          fold,
        ),
      ),
    m.chinCleft > 0.25
      ? line(
          [
            [0, m.chinHeight * 0.86],
            [0, m.chinHeight * 0.95],
          ],
          0.04,
          m.chinCleft * 0.6,
        )
      : '',
  ].join('');
}
