import type { Outcome } from './finding.ts';

/** Points of the grid along each side of a box's unit square. */
const FINE = 40;

/** A box that RandomResizedCrop may give, in pixels, and its chance. */
export interface Box {
  width: number;
  height: number;
  chance: number;
}

/**
 * The boxes of torchvision's RandomResizedCrop.get_params(scale (0.2, 1), ratio (3/4, 4/3)) on a square image.
 *
 * An attempt draws the area a from U(0.2, 1) of side^2 and log r from U(log 3/4, log 4/3), and rounds w = sqrt(a r) and
 * h = sqrt(a / r). The Jacobian of (a, log r) by (w, h) is 2 wherever it is taken, so that before rounding (w, h) is
 * uniform on the region that these bounds cut out of the plane, and the chance of a box of whole pixels is its share of
 * that region: the part of the region within half a pixel of it, here counted on a fine grid. A box that does not fit is
 * drawn again, up to ten attempts; then it is the whole image.
 */
export function boxes(side: number): Box[] {
  const area = side * side;
  const region = (0.8 * area * Math.log(16 / 9)) / 2;
  const fits: Box[] = [];
  for (let width = 1; width <= side; width++) {
    for (let height = 1; height <= side; height++) {
      const share = within(width, height, area) / region;
      if (share > 0) fits.push({ width, height, chance: share });
    }
  }
  const fitting = fits.reduce((sum, { chance }) => sum + chance, 0);
  const never = (1 - fitting) ** 10;
  const settled = fits.map((box) => ({ ...box, chance: (box.chance / fitting) * (1 - never) }));
  return [...settled, { width: side, height: side, chance: never }];
}

/** Pixels of area that the unit square about (width, height) has in common with the region. */
function within(width: number, height: number, area: number): number {
  if ((width + 1) * (height + 1) < 0.2 * area || (width + 1) / (height - 1) < 0.75 || (height + 1) / (width - 1) < 0.75)
    return 0;
  let inside = 0;
  for (let i = 0; i < FINE; i++) {
    const w = width - 0.5 + (i + 0.5) / FINE;
    for (let j = 0; j < FINE; j++) {
      const h = height - 0.5 + (j + 0.5) / FINE;
      const a = w * h;
      if (a >= 0.2 * area && a <= area && w >= 0.75 * h && h >= 0.75 * w) inside += 1;
    }
  }
  return inside / FINE ** 2;
}

/** The distribution of something about the box. */
export function overBoxes(all: readonly Box[], of: (box: Box) => number): Outcome[] {
  return all.map((box) => ({ value: of(box), chance: box.chance }));
}
