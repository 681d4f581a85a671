import { describe, expect, it } from 'vitest';
import { parcel } from '../../pipeline/parcel.ts';

describe('parcel', () => {
  it('hands over arrays that fill their buffer, without a copy', () => {
    const pixels = new Uint8Array(30).fill(7);
    const { items, transfer } = parcel([{ id: 'a', label: 1, pixels }], false);
    expect(transfer).toEqual([pixels.buffer]);
    expect(items[0]!.pixels).toBe(pixels);
    const [crossed] = structuredClone(items, { transfer });
    expect(crossed).toEqual({ id: 'a', label: 1, pixels: new Uint8Array(30).fill(7) });
    expect(pixels.byteLength).toBe(0);
  });

  it('copies a view of a larger buffer: its neighbours stay', () => {
    const block = new Uint8Array(100);
    const points = new Float32Array(block.buffer, 40, 10).fill(2);
    const { items, transfer } = parcel([{ points }, { points: block.subarray(0, 5) }], false);
    expect(transfer.map((buffer) => buffer.byteLength)).toEqual([40, 5]);
    expect(items[0]!.points).toEqual(new Float32Array(10).fill(2));
    expect(items[0]!.points).not.toBe(points);
  });

  it('hands over a buffer that the arrays of several items fill, and they go on sharing it', () => {
    const faces = new Uint8Array(12).map((_, i) => i);
    const { items, transfer } = parcel([{ pixels: faces.subarray(0, 6) }, { pixels: faces.subarray(6) }], false);
    expect(transfer).toEqual([faces.buffer]);
    const [first, second] = structuredClone(items, { transfer });
    expect([...first!.pixels, ...second!.pixels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(first!.pixels.buffer).toBe(second!.pixels.buffer);
    expect(faces.byteLength).toBe(0);
  });

  it('copies arrays that leave a byte of their buffer to others, also where they overlap', () => {
    const shared = new Uint8Array(6).fill(1);
    for (const pair of [
      [shared.subarray(0, 3), shared.subarray(0, 3)],
      [shared.subarray(0, 2), shared.subarray(3)],
      [shared.subarray(1, 4), shared.subarray(4)],
    ]) {
      const { items, transfer } = parcel(pair, false);
      expect(transfer).not.toContain(shared.buffer);
      expect(items).toEqual(pair);
    }
    expect(shared.byteLength).toBe(6);
  });

  it('copies everything the sender keeps into one buffer, also what Node keeps in its pool', () => {
    const own = new Uint8Array([1, 2, 3]);
    const pooled = Buffer.from('abc');
    const wide = new Float64Array([0.5]);
    const { items, transfer } = parcel<unknown>([own, { pooled, wide }], true);
    expect(transfer.length).toBe(1);
    const crossed = structuredClone(items, { transfer });
    expect(crossed).toEqual([own, { pooled: Uint8Array.of(97, 98, 99), wide }]);
    expect([own.byteLength, pooled.toString(), wide.length]).toEqual([3, 'abc', 1]);
  });

  it('has nothing to hand over where there is no array', () => {
    expect(parcel([{ id: 'a' }, 3], true)).toEqual({ items: [{ id: 'a' }, 3], transfer: [] });
  });

  it('hands over a buffer once, and lets other values be', () => {
    const buffer = new ArrayBuffer(8);
    const [a, b] = [new Uint8Array(buffer), new Uint8Array(buffer)];
    const { items, transfer } = parcel<unknown>(
      [{ a, b }, 3, 'x', null, undefined, { view: new DataView(buffer) }],
      false,
    );
    expect(transfer).toEqual([buffer]);
    expect(items.slice(1, 5)).toEqual([3, 'x', null, undefined]);
  });

  it('lets arrays, Maps and Dates cross as what they are', () => {
    const values = [[1, Uint8Array.of(2)], new Map([['a', 1]]), new Date(5), new Set([3])];
    for (const keep of [true, false]) {
      const { items, transfer } = parcel<unknown>(values, keep);
      expect(structuredClone(items, { transfer })).toEqual(values);
    }
  });
});
