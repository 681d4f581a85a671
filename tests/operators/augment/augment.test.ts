import { expect, test } from 'vitest';
import { augment } from '../../../operators/augment/augment.ts';
import type { Augmented } from '../../../operators/augment/augment.ts';
import { blur } from '../../../operators/augment/blur.ts';
import { crop } from '../../../operators/augment/crop.ts';
import { occlude } from '../../../operators/augment/occlude.ts';
import { photometric } from '../../../operators/augment/photometric.ts';
import { rescale } from '../../../operators/augment/rescale.ts';
import { augmentSettings } from '../../../operators/augment/settings.ts';
import type { AugmentOptions } from '../../../operators/augment/settings.ts';
import { ARCFACE_TEMPLATE } from '../../../operators/image/align.ts';
import { flip, flipPoints } from '../../../operators/image/flip.ts';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import type { Sample } from '../../../pipeline/items.ts';
import type { Pixels } from '../../../pipeline/pixels.ts';

const face = (): Pixels => ({
  height: 48,
  width: 48,
  data: new Uint8Array(48 * 48 * 3).map((_, i) => (i * 7 + (i >> 6) * 11) & 255),
});
const points = Float32Array.from(ARCFACE_TEMPLATE, (value) => (value * 48) / 112);

function augmented(
  options: AugmentOptions,
  position: number,
  labels: Pick<Sample, 'points' | 'variation'> = {},
): Augmented & { data: Uint8Array } {
  const image = face();
  const settings = augmentSettings(options, 'test');
  return { ...augment(image, labels, settings, { seed: 7, epoch: 2, position }), data: image.data };
}

test('does nothing where every chance is 0', () => {
  const labels = { points, variation: { pose: 1, blur: 2 } };
  expect(augmented({}, 3, labels)).toEqual({ ...labels, drawn: {}, data: face().data });
});

test('applies all in the order of AdaFace, then blur and occlusion, each under its own key', () => {
  const all = {
    flip: 1,
    crop: 1,
    rescale: 1,
    photometric: { chance: 1, channels: 'bgr' },
    blur: 1,
    occlude: 1,
  } as const;
  const image = face();
  const random = (name: string): (() => number) => {
    const next = keyedRandom(7, name, 2, 5);
    next();
    return next;
  };
  const drawn = {
    crop: crop(image, random('crop')),
    rescale: rescale(image, random('rescale')),
    photometric: photometric(image, random('photometric'), { channels: 'bgr' }),
    flip: (flip(image), true),
    blur: blur(image, random('blur')),
    occlude: occlude(image, random('occlude')),
  };
  expect(augmented(all, 5)).toEqual({
    drawn,
    data: image.data,
    variation: { blur: drawn.blur, occlusion: drawn.occlude.level },
  });
});

test('labels go with the pixels and the ones that came are left as they were', () => {
  const labels = { points, variation: { pose: 1, blur: 3, ethnicity: 2 } };
  const before = structuredClone(labels);
  const { drawn, ...result } = augmented({ flip: 1, blur: 1 }, 4, labels);
  expect(result.points).toEqual(flipPoints(points, 48));
  expect(result.variation).toEqual({ pose: 5, blur: drawn.blur, ethnicity: 2 });
  expect(labels).toEqual(before);
});

test('what one augmentation draws depends on no other, and is another in another epoch', () => {
  const alone = augmented({ crop: 1 }, 9).drawn.crop;
  expect(augmented({ crop: 1, flip: 1, rescale: 1 }, 9).drawn.crop).toEqual(alone);
  expect(augmented({ crop: 1 }, 10).drawn.crop).not.toEqual(alone);
  const settings = augmentSettings({ crop: 1 }, 'test');
  expect(augment(face(), {}, settings, { seed: 7, epoch: 3, position: 9 }).drawn.crop).not.toEqual(alone);
});

test('each coin falls as often as it should, on its own', () => {
  const count = 2000;
  const small = { height: 4, width: 4, data: new Uint8Array(48) };
  const settings = augmentSettings({ flip: 0.5, crop: 0.2, rescale: 0.2, photometric: 0.2 }, 'test');
  const drawn = Array.from(
    { length: count },
    (_, position) => augment(small, {}, settings, { seed: 1, epoch: 0, position }).drawn,
  );
  const rate = (holds: (one: (typeof drawn)[number]) => boolean): number => drawn.filter(holds).length / count;
  const near = (chance: number): number => 3 * Math.sqrt((chance * (1 - chance)) / count);
  expect(Math.abs(rate((one) => one.flip === true) - 0.5)).toBeLessThan(near(0.5));
  for (const name of ['crop', 'rescale', 'photometric'] as const) {
    expect(Math.abs(rate((one) => one[name] !== undefined) - 0.2)).toBeLessThan(near(0.2));
  }
  expect(Math.abs(rate(({ crop: box, rescale: size }) => box !== undefined && size !== undefined) - 0.04)).toBeLessThan(
    near(0.04),
  );
});
