import { describe, expect, it } from 'vitest';
import { ARCFACE_TEMPLATE } from '../../operators/image/align.ts';
import { similarity } from '../../operators/maths/similarity.ts';
import { imageSize } from '../../pipeline/bytes/imageSize.ts';
import { OptionError } from '../../pipeline/errors.ts';
import type { Sample } from '../../pipeline/items.ts';
import { drawnFaces, type DrawnFacesOptions } from '../../sources/drawnFaces.ts';
import { sourceContract } from '../contracts/source.ts';

const SMALL = { people: 3, perPerson: 2, seed: 7, size: 32 };
const all = async (options: DrawnFacesOptions): Promise<Sample[]> => {
  const source = drawnFaces(options);
  await source.open();
  return source.read(Int32Array.from({ length: source.length! }, (_, i) => i));
};

const bytes = (await all(SMALL)).map((sample) => sample.bytes!);
sourceContract('drawn faces', {
  make: () => drawnFaces(SMALL),
  ids: ['000000', '000001', '000002'].flatMap((person) => [`${person}/0000.jpg`, `${person}/0001.jpg`]),
  labels: [0, 0, 1, 1, 2, 2],
  classes: ['000000', '000001', '000002'],
  bytes,
});

describe('drawn faces', () => {
  it('draw a person alike, whatever else is asked for', async () => {
    const later = await all({ ...SMALL, people: 1, perPerson: 5, first: 2 });
    expect(later[1]!.bytes).toEqual(bytes[5]);
    expect([later[1]!.id, later[1]!.label]).toEqual(['000002/0001.jpg', 0]);
    expect((await all({ ...SMALL, people: 1, seed: 8 }))[0]!.bytes).not.toEqual(bytes[0]);
  });

  it('are JPEGs of the size asked for, every one another', async () => {
    expect(imageSize(bytes[0]!)).toMatchObject({ format: 'jpeg', width: 32, height: 32 });
    expect(new Set(bytes.map((image) => Buffer.from(image).toString('base64'))).size).toBe(6);
  });

  it('say what varies', async () => {
    const faces = await all({ people: 40, perPerson: 3, size: 16, blur: 0.5, occlusion: 0.5 });
    const seen = (factor: 'ethnicity' | 'pose' | 'blur' | 'occlusion') =>
      [...new Set(faces.map(({ variation }) => variation![factor]))].filter((value) => value !== undefined).toSorted();
    expect(seen('ethnicity')).toEqual([0, 1, 2, 3]);
    expect(seen('pose')).toEqual([1, 2, 3, 4, 5]);
    expect(seen('blur')).toEqual([0, 1, 2, 3]);
    expect(seen('occlusion')).toEqual([0, 1, 2, 3, 4]);
    for (const { variation, index } of faces)
      expect(variation!.ethnicity).toBe(faces[index - (index % 3)]!.variation!.ethnicity);
    const [plain] = await all({ ...SMALL, people: 1 });
    expect(Object.keys(plain!.variation!)).toEqual(['ethnicity', 'pose']);
  });

  it('lie where an alignment would bring them if so asked, else out of place', async () => {
    const shiftOf = async (aligned: boolean): Promise<number> => {
      const faces = await all({ people: 8, perPerson: 1, size: 112, aligned });
      return Math.max(
        ...faces.map(({ points }) => {
          const { a, b, x0, y0 } = similarity(points!, ARCFACE_TEMPLATE)!;
          return Math.max(Math.abs(a - 1) * 56, Math.abs(b) * 56, Math.abs(x0), Math.abs(y0));
        }),
      );
    };
    expect(await shiftOf(true)).toBeLessThan(0.01);
    expect(await shiftOf(false)).toBeGreaterThan(5);
  });

  it.each([
    [{ people: 0 }, 'drawnFaces: people must be a whole number from 1 to 1000000, received 0'],
    [{ perPerson: 2.5 }, 'perPerson must be a whole number from 1 to 10000, received 2.5'],
    [{ people: 1_000_000, perPerson: 101 }, 'perPerson must be at most 100: 100000000 faces are as many as'],
    [{ seed: -1 }, 'seed must be a whole number from 0'],
    [{ size: 8 }, 'size must be a whole number from 16 to 1024, received 8'],
    [{ blur: 1.5 }, 'blur must be a chance in [0, 1], received 1.5'],
    [{ occlusion: Number.NaN }, 'occlusion must be a chance in [0, 1]'],
    [{ quality: 0 }, 'quality must be a whole number from 1 to 100'],
    [{ aligned: 1 }, 'aligned must be true or false, received 1'],
    [{ persons: 3 }, 'persons must be left out: only people, perPerson'],
  ])('refuse %o', (wrong, message) => {
    const make = () => drawnFaces({ ...SMALL, ...(wrong as object) });
    expect(make).toThrow(OptionError);
    expect(make).toThrow(message);
  });

  it('want to know how many', () => {
    expect(() => drawnFaces({ people: 3 } as DrawnFacesOptions)).toThrow('perPerson must be a whole number');
  });
});
