import { curve, polygon, type Point } from './path.ts';
import { fill, type Sheet } from './sheet.ts';

/** Neck and shoulders, upright whichever way the head turns. */
export function drawNeck({ head, identity, picture, ink, px, tone }: Sheet): string {
  const { chinHeight, jawWidth } = identity.measures;
  const [x, y] = head.see([0, chinHeight * 0.7, -0.25]);
  const wide = px(0.5 * jawWidth);
  const low = y + px(1.35);
  const neck: Point[] = [
    [x - wide, y - px(0.2)],
    [x + wide, y - px(0.2)],
    [x + wide * 1.05, low],
    [x - wide * 1.05, low],
  ];
  const shoulders: Point[] = [
    [x - px(2.6), low + px(0.9)],
    [x - px(1.3), low - px(0.12)],
    [x - wide * 1.1, low - px(0.42)],
    [x, low - px(0.1)],
    [x + wide * 1.1, low - px(0.42)],
    [x + px(1.3), low - px(0.12)],
    [x + px(2.6), low + px(0.9)],
  ];
  return fill(polygon(neck), tone(0.68)) + fill(`${curve(shoulders)}V4000H-2000Z`, ink(picture.clothes));
}
