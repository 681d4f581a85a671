import { describe, expect, it } from 'vitest';
import { packMsgpack, unpackMsgpack } from '../../../pipeline/bytes/msgpack.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('msgpack', () => {
  // By the specification (github.com/msgpack/msgpack, spec.md): the shortest form of each, and no extension type.
  it.each([
    [{}, '80'],
    [{ key: 'é', label: -1 }, '82a36b6579a2c3a9a56c6162656cff'],
    [Uint8Array.of(1, 2, 3), 'c403010203'],
    [[1, 200, 70_000, -300, 1.5, null, true], '9701ccc8ce00011170d1fed4cb3ff8000000000000c0c3'],
    [2 ** 40, 'cb4270000000000000'],
  ])('writes %j', (value, expected) => {
    expect(hex(packMsgpack(value))).toBe(expected);
    expect(unpackMsgpack(packMsgpack(value))).toEqual(value instanceof Uint8Array ? Buffer.from(value) : value);
  });

  it('writes equal values as equal bytes, whatever was written before', () => {
    const value = { a: [1, 2, 'x'], b: Uint8Array.of(9) };
    const first = hex(packMsgpack(value));
    for (let i = 0; i < 50; i++) packMsgpack({ [`key${i}`]: 'y'.repeat(1000) });
    expect(hex(packMsgpack(value))).toBe(first);
  });

  it.each([
    ['nothing', []],
    ['bytes cut off', [0x82, 0xa3, 0x6b]],
    ['bytes behind the value', [0x80, 0x80]],
  ])('gives undefined for %s', (_, bytes) => {
    expect(unpackMsgpack(Uint8Array.from(bytes))).toBeUndefined();
  });
});
