import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytes, double, doubles, float, joined, whole } from '../../../sinks/encode/protobuf.ts';
import { fieldsOf } from '../../fixtures/eventFile.ts';

it('writes the examples of the encoding guide', () => {
  expect([...whole(1, 150)]).toEqual([0x08, 0x96, 0x01]);
  expect([...bytes(2, 'testing')]).toEqual([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]);
  expect([...bytes(3, whole(1, 150))]).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01]);
});

it('writes whole numbers of any size that read back', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      expect(fieldsOf(whole(2, value))).toEqual(value === 0 ? [] : [{ number: 2, value }]);
    }),
  );
});

it('leaves a 0 out, but not that of a oneof', () => {
  expect([whole(1, 0).length, double(1, 0).length]).toEqual([0, 0]);
  expect(fieldsOf(float(2, 0))).toEqual([{ number: 2, value: 0 }]);
  expect(double(1, -0).length).toBe(9);
});

it('writes a message as its fields one after another', () => {
  const long = new Uint8Array(300).fill(7);
  const message = joined(double(1, 1 / 3), float(2, 0.5), bytes(4, long), doubles(6, [1, -2]));
  const [a, b, c, d] = fieldsOf(message);
  expect([a, b, c]).toEqual([
    { number: 1, value: 1 / 3 },
    { number: 2, value: 0.5 },
    { number: 4, value: long },
  ]);
  expect([...new Float64Array((d!.value as Uint8Array).slice().buffer)]).toEqual([1, -2]);
});
