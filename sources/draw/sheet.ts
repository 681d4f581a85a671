import { type Colour, hex, scale } from './colour.ts';
import type { Head } from './head.ts';
import type { Identity } from './identity.ts';
import { hundredths, n, type Point } from './path.ts';
import type { Picture } from './picture.ts';

/** What everything drawn needs: who, how, where on the picture, and the inks of this light. */
export interface Sheet {
  identity: Identity;
  picture: Picture;
  head: Head;
  /** A length of the head in pixels of a picture of 112. */
  px(length: number): number;
  /** A colour in this picture's light. */
  ink(colour: Colour): string;
  /** Fill of the lit skin: a gradient over the whole head, so that what is painted with it leaves no seam. */
  skin: string;
  /** The person's skin made darker (below 1) or lighter, in this light. */
  tone(by: number): string;
  /** An ellipse lying on the face. */
  disc(x: number, y: number, across: number, down: number, paint: string, lift?: number): string;
}

export function sheetOf(identity: Identity, picture: Picture, head: Head, unit: number): Sheet {
  const ink = (colour: Colour): string => hex(scale(colour, picture.light.tint));
  return {
    identity,
    picture,
    head,
    px: (length) => length * unit,
    ink,
    skin: 'url(#k)',
    // Shade on skin is redder than the skin.
    tone: (by) => ink(scale(identity.skin, [by, by ** 1.15, by ** 1.2])),
    disc: (x, y, across, down, paint, lift = 0) => {
      const [here, right, below] = [head.at(x, y, lift), head.at(x + 0.02, y, lift), head.at(x, y + 0.02, lift)];
      const axis = (to: Point, length: number): string =>
        `${n(((to[0] - here[0]) / 0.02) * length)} ${n(((to[1] - here[1]) / 0.02) * length)}`;
      return `<circle r="1" transform="matrix(${axis(right, across)} ${axis(below, down)} ${n(here[0])} ${n(here[1])})" ${paint}/>`;
    },
  };
}

const FAINT = 0.04;

/** A filled outline. */
export function fill(d: string, colour: string, opacity = 1): string {
  return `<path d="${d}" fill="${colour}"${opacity < 1 ? ` fill-opacity="${hundredths(opacity)}"` : ''}/>`;
}

/** A line with round ends, `width` in pixels; one too faint to be seen is left out. */
export function stroke(d: string, colour: string, width: number, opacity = 1): string {
  if (opacity < FAINT) return '';
  const faint = opacity < 1 ? ` stroke-opacity="${hundredths(opacity)}"` : '';
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${n(width)}" stroke-linecap="round"${faint}/>`;
}
