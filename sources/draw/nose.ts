import type { Measures } from './identity.ts';
import { curve, type Point } from './path.ts';
import { fill, type Sheet, stroke } from './sheet.ts';

/** Tip of the nose as x, y of the face and how far it stands off it. */
export function noseTip(measures: Measures): readonly [x: number, y: number, lift: number] {
  return [measures.skew, measures.noseLength, measures.noseReach];
}

/** The nose: its body in skin, shaded on the side away from the light, wings and nostrils. */
export function drawNose(sheet: Sheet): string {
  const { head, px, skin, tone } = sheet;
  const { measures: m } = sheet.identity;
  const { light, pose, expression } = sheet.picture;
  const [tipX, tipY, reach] = noseTip(m);
  const flare = m.noseWidth * (1 + 0.12 * Math.max(0, expression.smile));
  const wingY = tipY + 0.04;
  const ridge: Point[] = [
    head.at(0, -0.1, 0.02),
    head.at(tipX * 0.3, tipY * 0.3, reach * 0.32),
    head.at(tipX * 0.7, tipY * 0.68, reach * 0.68),
    head.at(tipX, tipY, reach),
  ];
  const under = head.at(tipX * 0.6, tipY + 0.11 - m.noseTurn * 0.6, reach * 0.45);
  const side = (s: -1 | 1): Point[] => [
    head.at(s * flare * 0.4, tipY + 0.115 - m.noseTurn * 0.3, reach * 0.22),
    head.at(s * flare * 0.85, wingY + 0.06, reach * 0.16),
    head.at(s * flare, wingY - 0.02, reach * 0.14),
    head.at(s * flare * 0.78, wingY - 0.13, reach * 0.18),
    head.at(s * (m.noseBridge + 0.02), tipY * 0.5, 0.02),
    head.at(s * m.noseBridge, 0, 0),
  ];
  const turn = Math.sin(pose.yaw);
  // Farther side first, for the nearer one hides it.
  const far = pose.yaw > 0 ? 1 : -1;
  const half = (s: -1 | 1): string => {
    const outline = curve([...ridge, under, ...side(s)], true);
    const turnedAway = -s * light.from[0];
    const shade = Math.max(0, 0.16 + 0.3 * turnedAway * light.shadow + 0.12 * s * turn);
    return fill(outline, skin) + fill(outline, 'url(#n)', Math.min(0.5, shade));
  };
  const wing = (s: -1 | 1): string =>
    head.facing(s * flare, wingY) < 0.1 ? '' : stroke(curve(side(s).slice(1, 4)), tone(0.5), px(0.022), 0.55);
  const nostril = (s: -1 | 1): string => {
    const opening = [0.15, 0.5, 0.8].map((t) =>
      head.at(s * flare * t, tipY + 0.09 - m.noseTurn * (1 - t) * 0.5, reach * 0.32 * (1 - t * 0.4)),
    );
    const shown = head.facing(s * flare * 0.5, wingY) > 0.3;
    return shown ? stroke(curve(opening), tone(0.28), px(0.034 + 0.12 * Math.max(0, m.noseTurn)), 0.75) : '';
  };
  return [
    half(far),
    half(far === 1 ? -1 : 1),
    sheet.disc(
      tipX - turn * 0.06,
      tipY - 0.03,
      m.noseTip * 1.3,
      m.noseTip * 1.2,
      `fill="url(#h)" fill-opacity=".75"`,
      reach * (1 - 0.2 * Math.abs(turn)),
    ),
    stroke(
      curve(ridge.slice(1, 3).map(([x, y]): Point => [x - turn * px(0.07), y])),
      tone(1.18),
      px(m.noseTip * 0.5),
      0.22,
    ),
    wing(-1),
    wing(1),
    nostril(-1),
    nostril(1),
  ].join('');
}
