import { describe, expect, it } from 'vitest';
import { decodeNpy, encodeNpy, npyHeader } from '../../../pipeline/bytes/npy.ts';

function npy(header: string, data: Uint8Array, version = 1): Uint8Array {
  const start = version === 1 ? 10 : 12;
  const bytes = new Uint8Array(start + header.length + data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  new DataView(bytes.buffer).setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), start);
  bytes.set(data, start + header.length);
  return bytes;
}

describe('npy', () => {
  it.each([
    [{ shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) }],
    [{ shape: [2], data: new Float64Array([1e300, -0]) }],
    [{ shape: [], data: new Int32Array([7]) }],
    [{ shape: [1, 1, 4], data: new Uint8Array([1, 2, 3, 4]) }],
    [{ shape: [0, 512], data: new Float32Array(0) }],
  ])('gives back %j', (array) => {
    expect(decodeNpy(encodeNpy(array), 'e.npy')).toEqual(array);
  });

  it('has a head of one size, whatever the number of rows', () => {
    expect(npyHeader([0, 512]).length).toBe(128);
    expect(npyHeader([2 ** 50, 512]).length).toBe(128);
    expect(
      new TextDecoder('latin1')
        .decode(npyHeader([5]))
        .slice(10)
        .trimEnd(),
    ).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (5,), }");
  });

  it('reads versions 1 and 2, half floats and 64-bit integers', () => {
    const wide = new Uint8Array(new BigInt64Array([3n, 2n ** 40n]).buffer);
    expect(decodeNpy(npy("{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }\n", wide, 2), 'a').data).toEqual(
      new Float64Array([3, 2 ** 40]),
    );
    const half = new Uint8Array(new Uint16Array([0x3c00]).buffer);
    expect(decodeNpy(npy("{'shape':(1,),'fortran_order':False,'descr':'<f2'}\n", half), 'a').data).toEqual(
      new Float32Array([1]),
    );
  });

  it.each([
    ['another file', new TextEncoder().encode('P5 100 100 255'), /a.npy, byte 0: expected a .npy file/],
    ['a big-endian array', npy("{'descr': '>f4', 'fortran_order': False, 'shape': (), }", new Uint8Array(4)), />f4/],
    ['a column-major array', npy("{'descr': '<f4', 'fortran_order': True, 'shape': (), }", new Uint8Array(4)), /row-m/],
    ['a cut file', encodeNpy({ shape: [4], data: new Float32Array(4) }).subarray(0, 140), /16 bytes for \[4\] f4/],
    ['a cut head', encodeNpy({ shape: [4], data: new Float32Array(4) }).subarray(0, 40), /within 40 bytes/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeNpy(bytes, 'a.npy')).toThrow(message);
  });
});
