import { describe, expect, it } from 'vitest';
import { bytesOf, elementTypeOf, readElements, sizeOf } from '../../../pipeline/bytes/elements.ts';

describe('elements', () => {
  it('names the type of each array and reads its bytes back', () => {
    for (const data of [new Float32Array([1.5]), new Float64Array([2]), new Int32Array([-3]), new Uint8Array([4])])
      expect(readElements(elementTypeOf(data), bytesOf(data), 'f', 0)).toEqual(data);
  });

  it('reads from an unaligned place and does not share its memory', () => {
    const memory = new Uint8Array([9, 0, 0, 128, 63]);
    const read = readElements('f4', memory.subarray(1), 'f', 1);
    memory.fill(0);
    expect(read).toEqual(new Float32Array([1]));
  });

  it('reads every finite half float as its value', () => {
    const read = readElements('f2', new Uint8Array(new Uint16Array([0x7bff, 0x0400, 0x8000, 0x7e00]).buffer), 'f', 0);
    expect([...read]).toEqual([65504, 2 ** -14, -0, NaN]);
  });

  it('refuses integers that a number cannot hold', () => {
    const bytes = new Uint8Array(new BigInt64Array([1n, 2n ** 60n]).buffer);
    expect(() => readElements('i8', bytes, 'state', 100)).toThrow('state, byte 108: expected an integer up to 2^53');
  });

  it('counts a scalar as one', () => {
    expect([sizeOf([]), sizeOf([2, 0]), sizeOf([2, 3])]).toEqual([1, 0, 6]);
  });
});
