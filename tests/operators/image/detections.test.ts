import { describe, expect, it } from 'vitest';
import { detections, detectorKind, type NamedOutput } from '../../../operators/image/detections.ts';

const SIZE = [64, 96] as const;
const places = (stride: number): number => (SIZE[0] / stride) * (SIZE[1] / stride);

/** What YuNet puts out of a picture in which it sees nothing. */
function yunet(): Map<string, NamedOutput> {
  const outputs = [8, 16, 32].flatMap((stride) =>
    Object.entries({ cls: 1, obj: 1, bbox: 4, kps: 10 }).map(([part, wide]): NamedOutput => {
      const shape = [1, places(stride), wide];
      return { name: `${part}_${stride}`, shape, values: new Float32Array(places(stride) * wide) };
    }),
  );
  return new Map(outputs.map((output) => [output.name, output]));
}

/** The same of SCRFD, from the coarsest stride: nothing but shapes tells its outputs apart. */
function scrfd(): NamedOutput[] {
  return [1, 4, 10].flatMap((wide) =>
    [32, 16, 8].map((stride) => {
      const shape = [2 * places(stride), wide];
      return { name: `${wide}${stride}`, shape, values: new Float32Array(shape[0]! * wide) };
    }),
  );
}

describe('YuNet', () => {
  it('puts boxes and points where the place and the stride say', () => {
    const outputs = yunet();
    // Stride 16, row 2, column 3 of 6.
    const at = 2 * 6 + 3;
    outputs.get('cls_16')!.values[at] = 0.81;
    outputs.get('obj_16')!.values[at] = 1.5; // above 1, where networks end: counts as 1
    outputs.get('bbox_16')!.values.set([0.5, 0.25, Math.log(2), Math.log(3)], 4 * at);
    outputs.get('kps_16')!.values.set([-0.5, 0, 1, 0, 0.25, 0.5, -0.25, 1, 0.75, 1], 10 * at);
    const [face, ...more] = detections('yunet', [...outputs.values()], SIZE);
    expect(more).toEqual([]);
    expect(face).toMatchObject({ score: expect.closeTo(0.9, 6), left: expect.closeTo(40, 4), right: expect.closeTo(72, 4), top: expect.closeTo(12, 4), bottom: expect.closeTo(60, 4) }); // prettier-ignore
    expect([...face!.points]).toEqual([40, 32, 64, 32, 52, 40, 44, 48, 60, 48]);
  });
});

describe('SCRFD', () => {
  it('measures from the corner of the place, two boxes at each, whatever the order of outputs', () => {
    const outputs = scrfd();
    const of = (name: string): Float32Array => outputs.find((output) => output.name === name)!.values;
    // Stride 8, row 5, column 7 of 12, the second box.
    const at = 2 * (5 * 12 + 7) + 1;
    of('18')[at] = 0.7;
    of('48').set([1, 2, 3, 0.5], 4 * at);
    of('108').set([-1, -1, 1, -1, 0, 0, -0.5, 1, 0.5, 1], 10 * at);
    const found = detections('scrfd', outputs, SIZE);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ score: expect.closeTo(0.7, 6), left: 48, top: 24, right: 80, bottom: 44 });
    expect([...found[0]!.points]).toEqual([48, 32, 64, 32, 56, 40, 52, 48, 60, 48]);
  });

  it('keeps the best of those that overlap, and no weak ones', () => {
    const outputs = scrfd();
    const of = (name: string): Float32Array => outputs.find((output) => output.name === name)!.values;
    const put = (at: number, score: number): void => {
      of('18')[at] = score;
      of('48').set([2, 2, 2, 2], 4 * at);
    };
    put(2 * 30, 0.6);
    put(2 * 31, 0.9); // 8 of 32 pixels beside it: 0.6 of both is shared
    put(2 * 35, 0.55); // 32 pixels further on
    put(2 * 70, 0.49);
    expect(detections('scrfd', outputs, SIZE).map(({ score }) => score.toFixed(2))).toEqual(['0.90', '0.55']);
  });
});

it('knows which detector it is by names or shapes, and that others are none', () => {
  expect(detectorKind([...yunet().values()])).toBe('yunet');
  expect(detectorKind(scrfd())).toBe('scrfd');
  expect(detectorKind(scrfd().slice(0, 6))).toBeUndefined();
  expect(detectorKind([{ name: 'fc1', shape: [1, 128] }])).toBeUndefined();
  expect(() => detections('yunet', [...yunet().values()], [64, 64])).toThrow('output cls_8 must be of 64 numbers');
});
