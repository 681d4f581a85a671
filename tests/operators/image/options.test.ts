import { expect, test } from 'vitest';
import { faceSize, isWhole, refuseUnknown } from '../../../operators/image/options.ts';

test('refuses what is not known by name', () => {
  expect(() => refuseUnknown({}, '', 'size is known', 'prepare')).not.toThrow();
  expect(() => refuseUnknown({ sharpen: 2 }, 'augment.', 'flip is known', 'prepare')).toThrow(
    'prepare: augment.sharpen must be left out: only flip is known, received 2',
  );
});

test('takes a size of two whole numbers', () => {
  expect(faceSize([112, 96], 'prepare')).toEqual([112, 96]);
  for (const size of [undefined, 112, [112], [112, 0], [112, 1.5], [112, 4097], [112, 112, 3]])
    expect(() => faceSize(size, 'prepare')).toThrow(
      'prepare: size must be [height, width], each a whole number in [1, 4096]',
    );
  expect([isWhole(1, 1), isWhole(2, 1), isWhole('1', 1)]).toEqual([true, false, false]);
});
