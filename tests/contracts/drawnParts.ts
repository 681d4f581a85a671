import { drawNeck } from '../../sources/draw/body.ts';
import { drawBeard } from '../../sources/draw/beard.ts';
import { drawEar } from '../../sources/draw/ears.ts';
import { drawEyes } from '../../sources/draw/eyes.ts';
import { drawGlasses } from '../../sources/draw/glasses.ts';
import { drawHair, drawHairBehind } from '../../sources/draw/hair.ts';
import { drawMarks } from '../../sources/draw/marks.ts';
import { drawMouth } from '../../sources/draw/mouth.ts';
import { drawNose } from '../../sources/draw/nose.ts';
import type { Sheet } from '../../sources/draw/sheet.ts';

/** Every part of a drawn face: pure, from a sheet to elements of SVG. */
export const DRAWN_PARTS: Record<string, (sheet: Sheet) => string> = {
  'neck and shoulders': drawNeck,
  beard: drawBeard,
  'ear at image left': (sheet) => drawEar(sheet, -1),
  'ear at image right': (sheet) => drawEar(sheet, 1),
  eyes: drawEyes,
  glasses: drawGlasses,
  hair: drawHair,
  'hair behind': drawHairBehind,
  marks: drawMarks,
  mouth: drawMouth,
  nose: drawNose,
};
