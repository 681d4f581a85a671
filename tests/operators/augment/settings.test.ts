import { expect, test } from 'vitest';
import { augmentSettings } from '../../../operators/augment/settings.ts';
import { OptionError } from '../../../pipeline/errors.ts';

test('fills in what is left out', () => {
  const none = { chance: 0 };
  const photometric = { chance: 0, hue: 0, channels: 'rgb' };
  expect(augmentSettings({}, 'prepare')).toEqual({
    flip: none,
    crop: none,
    rescale: none,
    photometric,
    blur: none,
    occlude: none,
  });
  expect(augmentSettings({ photometric: 0.2 }, 'prepare').photometric).toEqual({ ...photometric, chance: 0.2 });
  expect(augmentSettings({ photometric: { chance: 1, channels: 'bgr' } }, 'prepare').photometric).toEqual({
    chance: 1,
    hue: 0,
    channels: 'bgr',
  });
});

const ALL = 'flip, crop, rescale, photometric, blur and occlude are known';

test.each([
  [3, 'augment must be an object such as { flip: 0.5 }, received 3'],
  [null, 'augment must be an object such as { flip: 0.5 }, received null'],
  [{ flop: 1 }, `augment.flop must be left out: only ${ALL}, received 1`],
  [{ crop: '0.2' }, "augment.crop must be a chance in [0, 1], received '0.2'"],
  [{ blur: 1.5 }, 'augment.blur must be a chance in [0, 1], received 1.5'],
  [{ occlude: NaN }, 'augment.occlude must be a chance in [0, 1], received NaN'],
  [{ photometric: 2 }, 'augment.photometric must be a chance in [0, 1] or an object with it, received 2'],
  [{ photometric: {} }, 'augment.photometric.chance must be a chance in [0, 1], received undefined'],
  [
    { photometric: { chance: 0.2, hue: 0.6 } },
    'augment.photometric.hue must be a share of a turn in [0, 0.5], received 0.6',
  ],
  [
    { photometric: { chance: 0.2, channels: 'BGR' } },
    "augment.photometric.channels must be 'rgb' or 'bgr', received 'BGR'",
  ],
  [
    { photometric: { chance: 0.2, hues: 0.1 } },
    'augment.photometric.hues must be left out: only chance, hue and channels are known, received 0.1',
  ],
])('refuses %j', (options, message) => {
  const refused = (): unknown => augmentSettings(options, 'prepare');
  expect(refused).toThrow(OptionError);
  expect(refused).toThrow(`prepare: ${message}`);
});
