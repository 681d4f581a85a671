import { describe, expect, it } from 'vitest';
import { imageNames } from '../../../operators/evaluate/imageNames.ts';

const protocol = {
  name: 'tiny',
  folds: 2,
  pairs: [
    { a: 'ann/ann_1', b: 'ann/ann_2', same: true },
    { a: 'ann/ann_1', b: 'st._john/st._john_1', same: false },
  ],
};

describe('imageNames', () => {
  it('gives each image one row', () => {
    expect(imageNames(protocol).names).toEqual(['ann/ann_1', 'ann/ann_2', 'st._john/st._john_1']);
  });

  it('knows an image under any leading folder and extension', () => {
    const { rowOf } = imageNames(protocol);
    expect(['ann/ann_2.jpg', './ann/ann_2.PNG', '/data/lfw/ann/ann_2', 'st._john/st._john_1'].map(rowOf)).toEqual([
      1, 1, 1, 2,
    ]);
    expect(['ann/ann_3.jpg', 'ann_2.jpg', 'xann/ann_2.jpg'].map(rowOf)).toEqual([-1, -1, -1]);
  });

  it('says how many images are missing, and which is the first', () => {
    const { demand } = imageNames(protocol);
    expect(() => demand(() => true)).not.toThrow();
    expect(() => demand((row) => row === 0)).toThrow(
      "protocol 'tiny': 2 of its 3 images are missing, the first is 'ann/ann_2'",
    );
  });

  it('refuses a protocol of nothing', () => {
    expect(() => imageNames({ ...protocol, pairs: [] })).toThrow("protocol 'tiny' has no pairs");
  });
});
