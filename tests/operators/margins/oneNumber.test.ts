import { describe, expect, it } from 'vitest';
import { loadOne, saveOne } from '../../../operators/margins/oneNumber.ts';

describe("a number of a margin's state", () => {
  it('comes back, a count exactly', () => {
    expect(loadOne({ t: saveOne(0.25) }, 't')).toBe(0.25);
    const count = saveOne(2 ** 30 + 1, 'count');
    expect(count).toEqual({ shape: [1], data: Int32Array.of(2 ** 30 + 1) });
    expect(loadOne({ count }, 'count')).toBe(2 ** 30 + 1);
  });

  it('is asked for by name where it is missing or is not one number', () => {
    expect(() => loadOne({}, 't')).toThrow('t: expected an array of one number');
    expect(() => loadOne({ t: { shape: [2], data: new Float32Array(2) } }, 't')).toThrow(
      't: expected an array of one number, found [2]',
    );
  });
});
