import sharp from 'sharp';
import { from, lastValueFrom, toArray } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { detect } from '../../../operators/image/detect.ts';
import type { Detection } from '../../../operators/image/detections.ts';
import type { Sample } from '../../../pipeline/items.ts';
import type { Pixels } from '../../../pipeline/pixels.ts';

/** Sees a face in every picture as wide as high. */
const detector = {
  detectOne: async ({ height, width }: Pixels): Promise<Detection | undefined> =>
    height === width ? { score: 1, left: 0, top: 0, right: 1, bottom: 1, points: new Float32Array(10).fill(width) } : undefined, // prettier-ignore
};
const sample = (id: string, bytes: Uint8Array): Sample => ({ epoch: 0, position: 0, index: 0, id, label: 0, bytes });
const png = async (width: number): Promise<Uint8Array> =>
  sharp({ create: { width, height: 8, channels: 3, background: '#123' } })
    .png()
    .toBuffer();
let [face, street]: [Sample, Sample] = [sample('', new Uint8Array()), sample('', new Uint8Array())];

beforeAll(async () => {
  [face, street] = [sample('face', await png(8)), sample('street', await png(12))];
});

describe('detect', () => {
  it('gives landmarks, or says that there is no face; what is no image passes as it is', async () => {
    const broken = { ...sample('broken', Buffer.from('no image')), points: new Float32Array(10) };
    const old = { ...street, points: new Float32Array(10).fill(3) };
    const found = await lastValueFrom(from([face, old, broken]).pipe(detect({ detector }), toArray()));
    expect(found).toEqual([{ ...face, points: new Float32Array(10).fill(8) }, { ...street, pointsMissing: true }, broken]); // prettier-ignore
  });

  it('ends where the detector fails: that is no fault of a picture', async () => {
    const failing = { detectOne: () => Promise.reject(new Error('out of memory')) };
    await expect(lastValueFrom(from([face]).pipe(detect({ detector: failing })))).rejects.toThrow('out of memory');
  });
});
