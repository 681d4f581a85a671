import { mix } from './colour.ts';
import { curve, type Point } from './path.ts';
import { fill, type Sheet } from './sheet.ts';

/** Beard and moustache: stubble where there is little. */
export function drawBeard({ head, identity, picture, ink }: Sheet): string {
  if (picture.beard === 0) return '';
  const m = identity.measures;
  const [chin, mouth] = [m.chinHeight, m.mouthHeight];
  const upper = (side: -1 | 1): Point[] =>
    [
      [0.97, 0.3],
      [0.86, 0.55],
      [0.66, 0.8],
      [0.3, m.noseLength + 0.2],
    ].map(([x, y]) => head.around(y!, turnAt(x! * side)));
  const jaw = (side: -1 | 1): Point[] =>
    [0.3, 0.42, 0.6, 0.76, 0.89, 0.97].map((y) => {
      const [low, high] = [head.edge(y * chin, side, 0.02), head.around(y * chin, side === 1 ? 0 : 1, 0.02)];
      return y < 0.5 ? high : low;
    });
  const outline = [
    ...jaw(1),
    head.at(0, chin * 0.999, 0.03),
    ...jaw(-1).toReversed(),
    ...upper(-1),
    ...upper(1).toReversed(),
  ];
  const colour = mix(identity.hair, [40, 32, 28], 0.35);
  const chinOnly = [
    ...[-1, -0.5, 0.5, 1].map((t) => head.at(t * m.mouthWidth * 0.9, mouth + 0.14)),
    head.at(m.mouthWidth * 0.7, chin * 0.93),
    head.at(0, chin * 0.99),
    head.at(-m.mouthWidth * 0.7, chin * 0.93),
  ];
  return picture.beard < 0.45
    ? fill(curve(outline, true), ink(colour), 0.16 + picture.beard * 0.3)
    : fill(curve(picture.beard < 0.6 ? chinOnly : outline, true), ink(colour), 0.5 + picture.beard * 0.4);
}

/** The part of the way round at which the front of a slice has this share of its half width. */
function turnAt(share: number): number {
  return Math.acos(Math.max(-1, Math.min(1, share))) / Math.PI;
}
