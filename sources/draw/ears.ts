import { curve, type Point } from './path.ts';
import { fill, type Sheet, stroke } from './sheet.ts';

const HIDDEN = 0.4;

/** The ear at image left (-1) or right (1) of a face seen from the front. */
export function drawEar({ head, identity, px, skin, tone }: Sheet, side: -1 | 1): string {
  // The head hides the ear that it turns away.
  if (side * head.pose.yaw > HIDDEN) return '';
  const { earLength, earOut, earHeight } = identity.measures;
  const wide = head.width(earHeight);
  const [root, , middle] = [side * wide * 0.96, 0, -0.12];
  // Angle from the top backwards; where `t` is 0 the ear is rooted.
  const around = (turn: number, size: number): Point => {
    const back = Math.sin(turn) * 0.5 + 0.3;
    const height = -Math.cos(turn) * earLength * (turn > Math.PI ? 0.9 : 1);
    const thin = height > 0 ? 0.72 : 1;
    return head.see([
      root + side * earOut * back * 1.2 * size * thin,
      earHeight + height * size,
      middle - 0.34 * back * size * thin,
    ]);
  };
  const turns = [0.1, 0.8, 1.5, 2.2, 2.8, 3.4, 4.4, 5.6];
  const outline = curve(
    turns.map((turn) => around(turn, 1)),
    true,
  );
  return (
    fill(outline, skin) +
    fill(outline, tone(0.75), 0.35) +
    stroke(curve([0.4, 1.1, 1.8, 2.5].map((turn) => around(turn, 0.68))), tone(0.5), px(0.03), 0.5)
  );
}
