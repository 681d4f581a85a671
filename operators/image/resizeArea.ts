import type { Pixels } from '../../pipeline/pixels.ts';
import { roundHalfEven } from '../maths/roundHalfEven.ts';
import { layOut, loops, taken } from './vector.ts';

/** A pixel of the source and how much of a pixel of the result it is. */
interface Pieces {
  /** Where the pieces of each pixel of the result begin; one more than there are pixels. */
  starts: Int32Array;
  pixels: Int32Array;
  /** Single precision; those of one pixel of the result add up to 1. */
  shares: Float32Array;
}

/**
 * Makes an image smaller by averaging the area that each pixel of the result covers, as OpenCV's INTER_AREA does.
 *
 * In plain words: nothing of the picture is left out, which is what a camera further away would have seen.
 *
 * @param image RGB, in both directions at least as large as `into`.
 * @param into The result; its pixels are overwritten.
 */
export function resizeArea(image: Pixels, into: Pixels): void {
  const across = image.width / into.width;
  const down = image.height / into.height;
  if (Number.isInteger(across) && Number.isInteger(down)) averageBlocks(image, into, across, down);
  else averagePieces(image, into);
}

/** Whole scales: sums of whole pixels, rounded once. */
function averageBlocks(image: Pixels, into: Pixels, across: number, down: number): void {
  const { width, data } = image;
  const share = Math.fround(1 / (across * down));
  const quarter = across === 2 && down === 2;
  let o = 0;
  for (let y = 0; y < into.height; y++) {
    for (let x = 0; x < into.width; x++) {
      const corner = (y * down * width + x * across) * 3;
      for (let c = 0; c < 3; c++, o++) {
        let sum = 0;
        for (let row = 0; row < down; row++) {
          const start = corner + row * width * 3 + c;
          for (let at = start; at < start + across * 3; at += 3) sum += data[at]!;
        }
        into.data[o] = quarter ? (sum + 2) >> 2 : roundHalfEven(Math.fround(sum * share));
      }
    }
  }
}

/** Other scales: a pixel at the edge of two goes to both, by its share. Single precision, in OpenCV's order. */
function averagePieces(image: Pixels, into: Pixels): void {
  const columns = piecesOf(image.width, into.width);
  const rows = piecesOf(image.height, into.height);
  const rowBytes = into.width * 3 * 4;
  const [data, starts, offsets, shares, rowStarts, rowPixels, rowShares, row, sum, out] = layOut(
    image.data,
    columns.starts,
    columns.pixels.map((pixel) => pixel * 3),
    columns.shares,
    rows.starts,
    rows.pixels,
    rows.shares,
    rowBytes,
    rowBytes,
    into.data.length,
  ) as [number, number, number, number, number, number, number, number, number, number];
  loops.resizeArea(data, image.width, starts, offsets, shares, rowStarts, rowPixels, rowShares, row, sum, out, into.height, into.width); // prettier-ignore
  taken(out, into.data);
}

/** A piece thinner than this is none: it is the rounding of a scale that is not whole. */
const THIN = 1e-3;

function piecesOf(from: number, to: number): Pieces {
  const scale = 1 / (to / from);
  const starts = new Int32Array(to + 1);
  const pixels: number[] = [];
  const shares: number[] = [];
  const add = (pixel: number, share: number): void => {
    pixels.push(pixel);
    shares.push(share);
  };
  for (let i = 0; i < to; i++) {
    const begin = i * scale;
    const end = begin + scale;
    const covered = Math.min(scale, from - begin);
    const last = Math.min(Math.floor(end), from - 1);
    const first = Math.min(Math.ceil(begin), last);
    if (first - begin > THIN) add(first - 1, (first - begin) / covered);
    for (let pixel = first; pixel < last; pixel++) add(pixel, 1 / covered);
    if (end - last > THIN) add(last, Math.min(end - last, 1, covered) / covered);
    starts[i + 1] = pixels.length;
  }
  return { starts, pixels: Int32Array.from(pixels), shares: Float32Array.from(shares) };
}
