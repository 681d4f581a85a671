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

  it('copies everything the sender keeps, also what Node keeps in its pool', () => {
    const own = new Uint8Array([1, 2, 3]);
    const pooled = Buffer.from('abc');
    const { items, transfer } = parcel([own, pooled], true);
    expect(transfer.map((buffer) => buffer.byteLength)).toEqual([3, 3]);
    structuredClone(items, { transfer });
    expect([own.byteLength, pooled.toString()]).toEqual([3, 'abc']);
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
