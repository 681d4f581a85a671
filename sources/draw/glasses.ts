import { eyeCentre } from './eyes.ts';
import { curve, hundredths, type Point } from './path.ts';
import { type Sheet, stroke } from './sheet.ts';

/** How far glasses stand off the face. */
const OFF = 0.14;

export function drawGlasses(sheet: Sheet): string {
  const { head, ink, px, disc } = sheet;
  const { glasses } = sheet.picture;
  if (!glasses) return '';
  const { measures: m } = sheet.identity;
  const frame = ink(glasses.frame);
  const wide = Math.min(m.eyeDistance - 0.06, 0.34);
  const rim = `fill="#181820" fill-opacity="${glasses.dark}" stroke="${frame}" stroke-width="${hundredths(0.035 / wide)}"`;
  const lens = (side: -1 | 1): string => {
    const [x, y] = eyeCentre(m, side);
    return disc(x, y + 0.03, wide, wide * (0.62 + 0.3 * glasses.round), rim, OFF);
  };
  const inner = m.eyeDistance - wide;
  const bridge = stroke(
    curve([-1, 0, 1].map((t) => head.at(t * inner, 0.02 - 0.05 * (1 - t * t), OFF + 0.03))),
    frame,
    px(0.045),
  );
  const arm = (side: -1 | 1): string => {
    if (-side * Math.sin(head.pose.yaw) < -0.2) return '';
    const [x, y] = eyeCentre(m, side);
    const [middle, beside] = [head.at(x, y + 0.03, OFF), head.at(x + side * 0.02, y + 0.03, OFF)];
    const from: Point = [
      middle[0] + ((beside[0] - middle[0]) / 0.02) * wide,
      middle[1] + ((beside[1] - middle[1]) / 0.02) * wide,
    ];
    return stroke(curve([from, head.see([side * head.width(0) * 1.02, 0, -0.1])]), frame, px(0.045));
  };
  return lens(-1) + lens(1) + bridge + arm(-1) + arm(1);
}
