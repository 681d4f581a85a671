import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safetensorsLayout, safetensorsParts, safetensorsStart } from '../../../pipeline/bytes/safetensors.ts';
import { FormatError } from '../../../pipeline/errors.ts';
import { decodeSafetensors, encodeSafetensors } from '../../fixtures/safetensors.ts';

const state = {
  'layer.bias': { shape: [3], data: new Uint8Array([1, 2, 3]) },
  'layer.weight': { shape: [2, 2], data: new Float32Array([1.5, -2, 0, NaN]) },
  sum: { shape: [], data: new Float64Array([1e300]) },
  order: { shape: [0, 4], data: new Int32Array(0) },
};

function file(header: unknown, data = new Uint8Array(0)): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

describe('safetensors', () => {
  it('gives back what it wrote, from any offset in memory', () => {
    const bytes = encodeSafetensors(state, { format: 'rxface' });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const read = decodeSafetensors(shifted.subarray(3), 'w');
    expect(read.metadata).toEqual({ format: 'rxface' });
    expect(read.state).toEqual(state);
  });

  it('writes the same bytes whatever the order of the names', () => {
    const reversed = Object.fromEntries(Object.entries(state).toReversed());
    expect(encodeSafetensors(reversed)).toEqual(encodeSafetensors(state));
  });

  it('comes in parts, a header and the memory of the arrays themselves', () => {
    const parts = safetensorsParts(state, { format: 'rxface' });
    expect(Buffer.concat(parts)).toEqual(Buffer.from(encodeSafetensors(state, { format: 'rxface' })));
    const memory = Object.values(state).map(({ data }): ArrayBufferLike => data.buffer);
    expect(parts.slice(1).every(({ buffer }) => memory.includes(buffer))).toBe(true);
    const [head] = parts;
    const size = parts.reduce((sum, { length }) => sum + length, 0);
    expect(safetensorsStart(head!.subarray(0, 8), size, 'w')).toBe(head!.length);
    const { arrays } = safetensorsLayout(head!, size, 'w');
    expect(arrays.find(({ name }) => name === 'layer.weight')).toMatchObject({ type: 'f4', shape: [2, 2], bytes: 16 });
  });

  it('aligns the data to 8 bytes', () => {
    const bytes = encodeSafetensors(state);
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
  });

  it('holds any float32 values', () => {
    fc.assert(
      fc.property(fc.array(fc.float()), (values) => {
        const data = new Float32Array(values);
        expect(decodeSafetensors(encodeSafetensors({ x: { shape: [data.length], data } }), 'w').state.x!.data).toEqual(
          data,
        );
      }),
      { numRuns: 30 },
    );
  });

  it('widens half and brain floats, narrows 64-bit integers', () => {
    const halves = new Uint16Array([0x3c00, 0xc000, 0x0001, 0x7c00, 0x3555]);
    const brains = new Uint16Array([0x3f80, 0xc000, 0x7f80]);
    const wide = new BigInt64Array([-5n, 7n]);
    const data = new Uint8Array([
      ...new Uint8Array(wide.buffer),
      ...new Uint8Array(halves.buffer),
      ...new Uint8Array(brains.buffer),
    ]);
    const read = decodeSafetensors(
      file(
        {
          n: { dtype: 'I64', shape: [2], data_offsets: [0, 16] },
          h: { dtype: 'F16', shape: [5], data_offsets: [16, 26] },
          b: { dtype: 'BF16', shape: [3], data_offsets: [26, 32] },
        },
        data,
      ),
      'w',
    ).state;
    expect(read.n!.data).toEqual(new Int32Array([-5, 7]));
    expect([...read.h!.data]).toEqual([1, -2, 2 ** -24, Infinity, Math.fround(0.333251953125)]);
    expect([...read.b!.data]).toEqual([1, -2, Infinity]);
  });

  it.each([
    ['cut off in the length', new Uint8Array(5), /byte 0: expected a safetensors header length/],
    ['a header beyond the end', file('{}').subarray(0, 9), /byte 0: expected a header of at most 1 bytes/],
    ['no JSON', file('[1]'), /byte 8: expected a safetensors header/],
    ['an unknown type', file({ x: { dtype: 'F8', shape: [], data_offsets: [0, 1] } }), /data type among .* found 'F8'/],
    ['an entry without shape', file({ x: { dtype: 'F32' } }), /dtype, shape and data_offsets for 'x'/],
    ['another size', file({ x: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, new Uint8Array(4)), /4 bytes/],
    ['past the end', file({ x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }), /within 0 bytes/],
    ['a gap', file({ x: { dtype: 'U8', shape: [1], data_offsets: [1, 2] } }, new Uint8Array(2)), /'x' at 0/],
    ['bytes behind the last', file({}, new Uint8Array(3)), /the end of the file, found '3 more bytes'/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes, 'model.safetensors')).toThrow(FormatError);
    expect(() => decodeSafetensors(bytes, 'model.safetensors')).toThrow(message);
  });
});
