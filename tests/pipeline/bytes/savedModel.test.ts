import { describe, expect, it } from 'vitest';
import { savedModel } from '../../../pipeline/bytes/savedModel.ts';

/** A protocol buffer message as [field, value] pairs. */
function fields(bytes: Uint8Array): [number, Uint8Array | number][] {
  const out: [number, Uint8Array | number][] = [];
  let at = 0;
  const varint = (): number => {
    let [value, shift] = [0, 1];
    for (;;) {
      const byte = bytes[at++]!;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
      shift *= 128;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    if (key % 8 === 0) out.push([key >> 3, varint()]);
    else {
      expect(key % 8).toBe(2);
      const length = varint();
      out.push([key >> 3, bytes.slice(at, (at += length))]);
    }
  }
  expect(at).toBe(bytes.length);
  return out;
}

const all = (bytes: Uint8Array, ...path: number[]): (Uint8Array | number)[] =>
  path.reduce<(Uint8Array | number)[]>(
    (level, field) => level.flatMap((b) => fields(b as Uint8Array).flatMap(([f, v]) => (f === field ? [v] : []))),
    [bytes],
  );
const text = (value: Uint8Array | number): string => new TextDecoder().decode(value as Uint8Array);

describe('savedModel', () => {
  const bytes = savedModel({
    maps: ['x'],
    vector: 'a',
    nodes: [
      { name: 'scaled', op: 'Mul', inputs: ['x', 'a'] },
      { name: 'y', op: 'AddV2', inputs: ['scaled:z:0', 'x'] },
    ],
    outputs: ['y:z:0', 'scaled:z:0'],
  });

  it('holds the function under the tag TensorFlow asks for', () => {
    expect(all(bytes, 1)).toEqual([1]);
    expect(all(bytes, 2, 1, 4).map(text)).toEqual(['serve']);
    expect(all(bytes, 2, 2, 1, 1).map(text)).toEqual(['x', 'a', 'call']);
    expect(all(bytes, 2, 2, 1, 2).map(text)).toEqual(['Placeholder', 'Placeholder', 'PartitionedCall']);
    expect(all(bytes, 2, 2, 1, 3).map(text)).toEqual(['x', 'a']);
    const definition = [2, 2, 2, 1];
    expect(all(bytes, ...definition, 1, 2, 1).map(text)).toEqual(['x', 'a']);
    expect(all(bytes, ...definition, 3, 2).map(text)).toEqual(['Mul', 'AddV2']);
    expect(all(bytes, ...definition, 3, 3).map(text)).toEqual(['x', 'a', 'scaled:z:0', 'x']);
    expect(all(bytes, ...definition, 4, 2).map(text)).toEqual(['y:z:0', 'scaled:z:0']);
  });

  it('asks XLA to compile it, in the function and at the call', () => {
    expect(all(bytes, 2, 2, 2, 1, 5, 1).map(text)).toEqual(['_XlaMustCompile']);
    expect(all(bytes, 2, 2, 1, 5, 1).map(text)).toContain('_XlaMustCompile');
  });
});
