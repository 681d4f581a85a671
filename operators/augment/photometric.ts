import type { Pixels } from '../../pipeline/pixels.ts';
import { layOut, loops, taken } from '../image/vector.ts';

/** One change of an image's light or colours. Brightness, contrast and saturation: a factor, 1 = none. Hue: a share of a turn in [-0.5, 0.5], 0 = none. */
export interface Adjustment {
  kind: 'brightness' | 'contrast' | 'saturation' | 'hue';
  amount: number;
}

export interface PhotometricOptions {
  /** Most of a turn that the hue moves either way, in [0, 0.5]; 0 leaves the hue alone. Default 0, as AdaFace's released code does; its paper names hue without a figure. */
  hue?: number;
  /**
   * Which channel PIL's rule takes for red. 'rgb': red. 'bgr': blue, as in AdaFace's released code, whose images are BGR
   * while the operators read them as RGB, so that blue weighs 0.299 in the luma and red 0.114. Default 'rgb'.
   */
  channels?: 'rgb' | 'bgr';
}

/**
 * Changes brightness, contrast and saturation, each by a factor from U(0.5, 1.5), in a random order, in place.
 *
 * In plain words: the same face under another lamp, through another camera.
 *
 * ```ts
 * const drawn = photometric(face, keyedRandom(7, 'photometric', epoch, position), { channels: 'bgr' });
 * ```
 *
 * AdaFace (Kim et al. 2022), section 4.1, with the figures and the arithmetic of its dataset/augmenter.py: torchvision's
 * ColorJitter(0.5, 0.5, 0.5, hue) on a PIL image, cut to 8 bits after each change.
 *
 * @param image RGB; its pixels are overwritten.
 * @param random Gives floats in [0, 1): one for each amount, then one for each change but the last for the order.
 * @return The changes in the order in which they were made.
 */
export function photometric(image: Pixels, random: () => number, options: PhotometricOptions = {}): Adjustment[] {
  const { hue = 0, channels } = options;
  const drawn: Adjustment[] = [
    { kind: 'brightness', amount: 0.5 + random() },
    { kind: 'contrast', amount: 0.5 + random() },
    { kind: 'saturation', amount: 0.5 + random() },
  ];
  if (hue > 0) drawn.push({ kind: 'hue', amount: hue * (2 * random() - 1) });
  for (let last = drawn.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [drawn[last], drawn[other]] = [drawn[other]!, drawn[last]!];
  }
  adjust(image, drawn, channels);
  return drawn;
}

/**
 * Makes changes of light and colours in the order given, in place, bit for bit as Pillow's ImageEnhance and torchvision's
 * adjust_hue make them.
 *
 * @param channels Which channel counts as the first of PIL's; see {@link PhotometricOptions}.
 */
export function adjust(
  image: Pixels,
  adjustments: readonly Adjustment[],
  channels: PhotometricOptions['channels'] = 'rgb',
): void {
  const first = channels === 'bgr' ? 2 : 0;
  for (const { kind, amount } of adjustments) ADJUST[kind](image.data, amount, first);
}

/** `first` is the channel that PIL takes for red, 2 - `first` the one it takes for blue. */
const ADJUST: Record<Adjustment['kind'], (data: Uint8Array, amount: number, first: number) => void> = {
  // Blended with one grey: Image.blend(grey, image, factor).
  brightness: (data, factor) => within(data, (at) => loops.blendGrey(at, data.length, 0, factor)),
  contrast: (data, factor, first) =>
    within(data, (at) => loops.blendGrey(at, data.length, meanGrey(at, data.length / 3, first), factor)),
  // Every pixel blended with its own luma.
  saturation: (data, factor, first) =>
    within(data, (at) => loops.blendLuma(at, data.length / 3, factor, ...outerWeights(first))),
  hue: turnHue,
};

/** Has a loop change bytes where they lie in the loops' memory. */
function within(data: Uint8Array, change: (at: number) => void): void {
  const [at] = layOut(data) as [number];
  change(at);
  taken(at, data);
}

/** The mean luma, rounded. */
function meanGrey(at: number, pixels: number, first: number): number {
  return Math.floor(loops.lumaSum(at, pixels, ...outerWeights(first)) / pixels + 0.5);
}

/** How much red and blue count in Pillow's luma, in 1 / 65536, for the channels 0 and 2. */
function outerWeights(first: number): [number, number] {
  return first === 0 ? [19595, 7471] : [7471, 19595];
}

/** There and back through Pillow's 8-bit HSV, whose hues are 255ths of a turn, added to modulo 256. */
function turnHue(data: Uint8Array, turn: number, first: number): void {
  const steps = Math.trunc(turn * 255);
  const third = 2 - first;
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i + first]!;
    const green = data[i + 1]!;
    const blue = data[i + third]!;
    const value = Math.max(red, green, blue);
    const range = value - Math.min(red, green, blue);
    const saturation = range === 0 ? 0 : Math.floor(Math.fround(Math.fround(range / value) * 255));
    // Grey has no hue to turn, and comes back from HSV as it was.
    if (saturation === 0) {
      data[i] = data[i + 1] = data[i + 2] = value;
      continue;
    }
    const hue = (hueOf(red, green, blue, value, range) + steps) & 255;
    const sector = Math.floor((hue * 6) / 255);
    const f = Math.fround((hue * 6) / 255 - sector);
    const s = Math.fround(saturation / 255);
    const p = Math.round(value * (1 - s));
    const q = Math.round(value * (1 - Math.fround(s * f)));
    const t = Math.round(value * (1 - s * (1 - f)));
    const turned = SECTORS[sector % 6]!;
    const parts = [value, p, q, t];
    data[i + first] = parts[turned[0]]!;
    data[i + 1] = parts[turned[1]]!;
    data[i + third] = parts[turned[2]]!;
  }
}

/** Red, green and blue of each sixth of the turn, as places in [value, p, q, t]. */
const SECTORS = [
  [0, 3, 1],
  [2, 0, 1],
  [1, 0, 3],
  [1, 2, 0],
  [3, 1, 0],
  [0, 1, 2],
] as const;

/** Pillow's rgb2hsv: in [0, 255], a mixture of single and double precision. */
function hueOf(red: number, green: number, blue: number, value: number, range: number): number {
  const toRed = Math.fround((value - red) / range);
  const toGreen = Math.fround((value - green) / range);
  const toBlue = Math.fround((value - blue) / range);
  const sixths =
    red === value
      ? Math.fround(toBlue - toGreen)
      : green === value
        ? Math.fround(2 + toRed - toBlue)
        : Math.fround(4 + toGreen - toRed);
  return Math.min(255, Math.floor(Math.fround((sixths / 6 + 1) % 1) * 255));
}
