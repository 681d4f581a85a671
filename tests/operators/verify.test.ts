import { beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../operators/verify.ts';
import { OptionError } from '../../pipeline/errors.ts';
import type { Sample } from '../../pipeline/items.ts';
import { encodeJpeg, encodePng } from '../../pipeline/pixels.ts';

const image = { height: 20, width: 20, data: new Uint8Array(1200).fill(90) };
const key = { epoch: 0, position: 0, index: 0, id: 'a', label: 3 };
let jpeg: Uint8Array;
let png: Uint8Array;
beforeAll(async () => {
  jpeg = await encodeJpeg(image, 90);
  png = await encodePng(image);
});

async function verify(samples: Partial<Sample>[]): Promise<unknown[]> {
  const work = await setup({}, { stage: 'verify', seed: 0 });
  return work(samples.map((sample) => ({ ...key, ...sample })));
}

describe('verify', () => {
  it('lets what can be decoded through, without its image', async () => {
    const whole = { value: key };
    const pixels = { pixels: image.data, size: [20, 20] as const };
    expect(await verify([{ bytes: jpeg }, { bytes: png }])).toEqual([whole, whole]);
    expect(await verify([pixels])).toEqual([{ value: { ...key, size: [20, 20] } }]);
  });

  it('says what is wrong with the rest', async () => {
    const found = await verify([
      { bytes: jpeg.subarray(0, jpeg.length - 40) },
      { bytes: png.subarray(0, 60) },
      { bytes: Uint8Array.of(1, 2) },
      { damage: 'its CRC does not match' },
      {},
    ]);
    const reasons = found.map((result) => (result as { value: Sample }).value.damage);
    expect(reasons).toEqual([
      expect.stringMatching(/[Pp]remature end/),
      expect.stringMatching(/damaged PNG|cut off/),
      expect.stringContaining('not a JPEG, PNG or WebP'),
      'its CRC does not match',
      'has no image',
    ]);
  });

  it('refuses options', async () => {
    await expect(setup({ size: [8, 8] }, { stage: 'verify', seed: 0 })).rejects.toThrow(OptionError);
  });
});
