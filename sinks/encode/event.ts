import { imageSize } from '../../pipeline/bytes/imageSize.ts';
import { OptionError } from '../../pipeline/errors.ts';
import { histogram } from './histogram.ts';
import { bytes, double, doubles, float, joined, whole } from './protobuf.ts';

/** What TensorBoard shows at one step, by tag; what stands before a tag's first '/' is its group. */
export interface Shown {
  step: number;
  /** Milliseconds since 1970. */
  at: number;
  scalars?: Readonly<Record<string, number>>;
  /** The numbers themselves; they are counted here. */
  histograms?: Readonly<Record<string, ArrayLike<number>>>;
  /** PNG files. */
  images?: Readonly<Record<string, Uint8Array>>;
}

const START = 1;
const RGB = 3;

/** The first event of a file: which form the others have. Sources of all: tensorflow, core/util/event.proto, core/framework/summary.proto. */
export function versionEvent(at: number): Uint8Array {
  return joined(double(1, at / 1000), bytes(3, 'brain.Event:2'));
}

/** Says that a run begins anew at `step`: what other files of its folder show of that step and later ones is forgotten. */
export function startEvent(at: number, step: number): Uint8Array {
  return joined(double(1, at / 1000), whole(2, step), bytes(7, whole(1, START)));
}

/** What is shown at one step, as one event. @throws OptionError for an image that is no PNG */
export function summaryEvent({ step, at, scalars = {}, histograms = {}, images = {} }: Shown): Uint8Array {
  const value = (tag: string, content: Uint8Array): Uint8Array => bytes(1, joined(bytes(1, tag), content));
  const summary = joined(
    ...Object.entries(scalars).map(([tag, number]) => value(tag, float(2, number))),
    ...Object.entries(images).map(([tag, png]) => value(tag, bytes(4, image(tag, png)))),
    ...Object.entries(histograms).map(([tag, numbers]) => value(tag, bytes(5, histogramMessage(numbers)))),
  );
  return joined(double(1, at / 1000), whole(2, step), bytes(5, summary));
}

function image(tag: string, png: Uint8Array): Uint8Array {
  const head = imageSize(png);
  if (head?.format !== 'png') throw new OptionError('toTensorBoard', `image '${tag}'`, 'a PNG file', png);
  return joined(whole(1, head.height), whole(2, head.width), whole(3, RGB), bytes(4, png));
}

function histogramMessage(numbers: ArrayLike<number>): Uint8Array {
  const { min, max, num, sum, sumSquares, limits, counts } = histogram(numbers);
  const moments = [min, max, num, sum, sumSquares].map((moment, i) => double(i + 1, moment));
  return joined(...moments, doubles(6, limits), doubles(7, counts));
}
