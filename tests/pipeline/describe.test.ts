import { expect, it } from 'vitest';
import { describe as name, describeFault, faultAt, sizeOf, withoutStage } from '../../pipeline/describe.ts';

it('names an item by its id and its place', () => {
  expect(name({ id: 'a/1.jpg', epoch: 2, position: 5, index: 1 })).toBe("'a/1.jpg' (epoch 2, position 5)");
  expect(name({ epoch: 2, step: 4 })).toBe('epoch 2, step 4');
  expect(name({ epoch: 2, position: 4 })).toBe('epoch 2, position 4');
  expect(name({ id: 'x' })).toBe("'x'");
  expect([name(3), name('y')]).toEqual(['item 3', 'item "y"']);
  expect([name({}), name(null), name(undefined), name({ epoch: 1 })]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

it('adds up the bytes an item keeps alive', () => {
  const sample = { bytes: new Uint8Array(10), points: new Float32Array(10), label: 3, id: 'x' };
  expect(sizeOf(sample)).toBe(50);
  expect(sizeOf([sample, sample])).toBe(100);
  expect(sizeOf(new Float64Array(2))).toBe(16);
  expect([sizeOf(3), sizeOf(null), sizeOf('text'), sizeOf({})]).toEqual([0, 0, 0, 0]);
});

it('says where a fault lies and why it is one', () => {
  const fault = { stage: 'prepare', file: 'a.tar', reason: 'not an image' };
  expect(describeFault(fault)).toBe('a.tar: not an image');
  expect(describeFault({ ...fault, offset: 512 })).toBe('a.tar, byte 512: not an image');
});

it('makes a fault of what an item says of its place', () => {
  const item = { id: 'a.jpg', epoch: 1, position: 2, index: 9, label: 3 };
  expect(faultAt('work', item, 'broken')).toEqual({ stage: 'work', file: 'a.jpg', index: 9, epoch: 1, position: 2, reason: 'broken' }); // prettier-ignore
  expect(faultAt('work', 3, 'broken')).toEqual({ stage: 'work', file: 'item 3', reason: 'broken' });
  expect(faultAt('work', undefined, 'broken')).toEqual({ stage: 'work', file: 'work', reason: 'broken' });
});

it('lists a fault without whoever met it', () => {
  expect(withoutStage({ stage: 'prepare', file: 'a.tar', offset: 512, reason: 'cut off' })).toEqual({
    file: 'a.tar',
    offset: 512,
    reason: 'cut off',
  });
});
