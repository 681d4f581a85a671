import { OptionError } from '../../pipeline/errors.ts';
import { refuseUnknown } from '../image/options.ts';
import type { PhotometricOptions } from './photometric.ts';

/** Which augmentations faces get. Each number is the chance of one, in [0, 1]; default 0. */
export interface AugmentOptions {
  /** Mirrored left to right. */
  flip?: number;
  /** Black but for a random box. */
  crop?: number;
  /** Made smaller and large again. */
  rescale?: number;
  /** Other light and colours: a chance, or a section with it. */
  photometric?: number | ({ chance: number } & PhotometricOptions);
  /** Out of focus; sets the blur label. */
  blur?: number;
  /** A black block; sets the occlusion label. */
  occlude?: number;
}

/** The options with every default filled in. */
export interface AugmentSettings {
  flip: { chance: number };
  crop: { chance: number };
  rescale: { chance: number };
  photometric: { chance: number } & Required<PhotometricOptions>;
  blur: { chance: number };
  occlude: { chance: number };
}

/**
 * Checks augmentation options and fills in what they leave out.
 *
 * @param options Checked as {@link AugmentOptions}; others are refused.
 * @param stage Named in errors.
 * @throws OptionError naming the first option that is unknown or out of its bounds
 */
export function augmentSettings(options: unknown, stage: string): AugmentSettings {
  const given = objectOf(options, 'augment', 'an object such as { flip: 0.5 }', stage);
  const { flip = 0, crop = 0, rescale = 0, photometric = 0, blur = 0, occlude = 0, ...unknown } = given;
  refuseUnknown(unknown, 'augment.', 'flip, crop, rescale, photometric, blur and occlude are known', stage);
  const coin = (name: string, chance: unknown): { chance: number } => ({
    chance: numberOf(chance, `augment.${name}`, 'a chance in [0, 1]', 1, stage),
  });
  return {
    flip: coin('flip', flip),
    crop: coin('crop', crop),
    rescale: coin('rescale', rescale),
    photometric: photometricOf(photometric, stage),
    blur: coin('blur', blur),
    occlude: coin('occlude', occlude),
  };
}

function photometricOf(given: unknown, stage: string): AugmentSettings['photometric'] {
  const at = 'augment.photometric';
  if (typeof given !== 'object') {
    return {
      chance: numberOf(given, at, 'a chance in [0, 1] or an object with it', 1, stage),
      hue: 0,
      channels: 'rgb',
    };
  }
  const { chance, hue = 0, channels = 'rgb', ...unknown } = objectOf(given, at, 'an object with a chance', stage);
  refuseUnknown(unknown, `${at}.`, 'chance, hue and channels are known', stage);
  if (channels !== 'rgb' && channels !== 'bgr')
    throw new OptionError(stage, `${at}.channels`, "'rgb' or 'bgr'", channels);
  return {
    chance: numberOf(chance, `${at}.chance`, 'a chance in [0, 1]', 1, stage),
    hue: numberOf(hue, `${at}.hue`, 'a share of a turn in [0, 0.5]', 0.5, stage),
    channels,
  };
}

function objectOf(value: unknown, option: string, expected: string, stage: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new OptionError(stage, option, expected, value);
  }
  return value as Record<string, unknown>;
}

/** A number in [0, most]. */
function numberOf(value: unknown, option: string, expected: string, most: number, stage: string): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= most))
    throw new OptionError(stage, option, expected, value);
  return value;
}
