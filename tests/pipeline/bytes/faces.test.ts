import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeFace,
  encodeFace,
  FACE_HEAD_BYTES,
  faceLength,
  facesHead,
  facesHeadFault,
  isFaces,
} from '../../../pipeline/bytes/faces.ts';
import { join8 } from '../../fixtures/archives.ts';

const face = {
  key: 'ann/1.jpg',
  label: 3,
  person: 'ann',
  bytes: Uint8Array.of(0xff, 0xd8, 7),
  points: Float32Array.of(1.5, -0, 0.1, 1e-20, NaN, 6, 7, 8, 9, 10),
  variation: { pose: 2, blur: 0 },
};

describe('a record of a shard', () => {
  it('gives back what it was made of, bit for bit', () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            key: fc.string({ unit: 'grapheme' }),
            label: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
            person: fc.string({ unit: 'grapheme' }),
            bytes: fc.uint8Array({ maxLength: 300 }),
            points: fc.float32Array({ minLength: 10, maxLength: 10 }),
            pointsMissing: fc.constant(true),
            variation: fc.dictionary(fc.constantFrom('pose', 'blur', 'occlusion'), fc.nat(9), {
              noNullPrototype: true,
            }),
          },
          { requiredKeys: ['key', 'label', 'bytes'] },
        ),
        (made) => void expect(decodeFace(encodeFace(made))).toEqual(made),
      ),
    );
  });

  it('is written as documented', () => {
    const record = Buffer.from(encodeFace({ key: 'a', label: 0, bytes: Uint8Array.of(9) }));
    // 'face', 24 bytes, CRC, then a map of three: key 'a', label 0, bytes 09.
    expect(record.toString('latin1', 0, 4)).toBe('face');
    expect(record.readUInt32LE(4)).toBe(record.length - FACE_HEAD_BYTES);
    expect(record.toString('hex', FACE_HEAD_BYTES)).toBe('83a36b6579a161a56c6162656c00a56279746573c40109');
    expect(faceLength(record)).toBe(record.length);
  });

  it('holds arrays of its own memory, also where the record is a part of a Buffer', () => {
    const record = encodeFace(face);
    const found = decodeFace(Buffer.from(join8(Uint8Array.of(1), record)).subarray(1));
    if (typeof found === 'string') throw new Error(found);
    expect(found.bytes.buffer.byteLength).toBe(3);
    expect(Object.getPrototypeOf(found.bytes)).toBe(Uint8Array.prototype);
    expect(found.points!.buffer.byteLength).toBe(40);
  });

  it('is found damaged at whichever bit is flipped', () => {
    const record = encodeFace(face);
    for (let bit = 0; bit < 8 * record.length; bit++) {
      const harmed = record.slice();
      harmed[bit >> 3]! ^= 1 << (bit & 7);
      expect(decodeFace(harmed)).toBeTypeOf('string');
    }
    expect(decodeFace(record.subarray(0, -1))).toMatch(/says it has \d+ bytes, its place has \d+/);
    expect(decodeFace(record.subarray(0, 5))).toBe('no record begins here');
  });
});

describe('the head of a shard', () => {
  it('is known by its magic and its version', () => {
    expect(isFaces(facesHead())).toBe(true);
    expect(facesHeadFault(facesHead())).toBeUndefined();
    expect(isFaces(Uint8Array.of(0x89, 0x50))).toBe(false);
  });

  it('is found damaged at whichever bit is flipped or where it is cut off', () => {
    for (let bit = 0; bit < 8 * facesHead().length; bit++) {
      const harmed = facesHead();
      harmed[bit >> 3]! ^= 1 << (bit & 7);
      expect(facesHeadFault(harmed)).toHaveProperty('damaged');
    }
    expect(facesHeadFault(facesHead().subarray(0, 12))).toHaveProperty('damaged');
  });
});
