import { OptionError } from '../../pipeline/errors.ts';
import { encodePng } from '../../pipeline/pixels.ts';
import type { Pixels } from '../../pipeline/pixels.ts';
import { resize } from './resize.ts';

export interface ContactSheetOptions {
  /** Images in a row. Default: about as many as rows. */
  columns?: number;
  /** Side of each image in pixels. Default 112. */
  tile?: number;
  /** A line under each image; long ones are cut. */
  captions?: readonly string[];
}

const GAP = 4;
const LINE = 14;
const FONT = 10;
/** Width of a letter of the caption's font, generously. */
const LETTER = 0.6 * FONT;
const BACKGROUND = 245;

/**
 * Draws images as one picture, in rows, with a line of text under each.
 *
 * In plain words: the page of small prints on which one sees at a glance what a data set is like.
 *
 * ```ts
 * const png = await contactSheet([photograph, face], { columns: 2, captions: ['as taken', 'aligned'] });
 * ```
 *
 * @param images RGB, any sizes; each fills its tile in its own proportions.
 * @return A PNG file.
 * @throws OptionError
 */
export async function contactSheet(images: readonly Pixels[], options: ContactSheetOptions = {}): Promise<Uint8Array> {
  const { columns = Math.max(1, Math.ceil(Math.sqrt(images.length))), tile = 112, captions = [] } = options;
  if (!Number.isInteger(columns) || columns < 1) {
    throw new OptionError('contactSheet', 'columns', 'a whole number of at least 1', columns);
  }
  if (!Number.isInteger(tile) || tile < 8 || tile > 1024) {
    throw new OptionError('contactSheet', 'tile', 'a whole number in [8, 1024]', tile);
  }
  const line = captions.length > 0 ? LINE : 0;
  const rows = Math.max(1, Math.ceil(images.length / columns));
  const sheet = blank(GAP + rows * (tile + line + GAP), GAP + columns * (tile + GAP));
  const text: string[] = [];
  images.forEach((image, i) => {
    const left = GAP + (i % columns) * (tile + GAP);
    const top = GAP + Math.floor(i / columns) * (tile + line + GAP);
    draw(fit(image, tile), sheet, left, top, tile);
    const caption = (captions[i] ?? '').slice(0, Math.floor(tile / LETTER));
    text.push(`<text x="${left}" y="${top + tile + FONT}">${escape(caption)}</text>`);
  });
  if (line === 0) return encodePng(sheet);
  return encodePng(
    sheet,
    `<svg xmlns="http://www.w3.org/2000/svg" width="${sheet.width}" height="${sheet.height}" ` +
      `font-family="monospace" font-size="${FONT}" fill="#333">${text.join('')}</svg>`,
  );
}

function blank(height: number, width: number): Pixels {
  return { height, width, data: new Uint8Array(height * width * 3).fill(BACKGROUND) };
}

/** As large as the tile allows. */
function fit(image: Pixels, tile: number): Pixels {
  const scale = tile / Math.max(image.height, image.width);
  const height = Math.max(1, Math.round(image.height * scale));
  const width = Math.max(1, Math.round(image.width * scale));
  const into = { height, width, data: new Uint8Array(height * width * 3) };
  resize(image, into);
  return into;
}

/** In the middle of the tile at `left`, `top`. */
function draw(image: Pixels, sheet: Pixels, left: number, top: number, tile: number): void {
  const x = left + Math.floor((tile - image.width) / 2);
  const y = top + Math.floor((tile - image.height) / 2);
  for (let row = 0; row < image.height; row++) {
    const from = row * image.width * 3;
    sheet.data.set(image.data.subarray(from, from + image.width * 3), ((y + row) * sheet.width + x) * 3);
  }
}

/** As XML wants text; control characters, which it has no way to write, become spaces. */
function escape(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
