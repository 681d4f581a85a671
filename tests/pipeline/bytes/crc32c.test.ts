import { describe, expect, test } from 'vitest';
import { crc32c, maskedCrc32c } from '../../../pipeline/bytes/crc32c.ts';

const bytes = (length: number, at: (i: number) => number): Uint8Array => Uint8Array.from({ length }, (_, i) => at(i));

describe('crc32c', () => {
  // RFC 3720, appendix B.4; the last is the check value of the catalogue of CRCs.
  test.each([
    ['32 bytes of zero', bytes(32, () => 0), 0x8a9136aa],
    ['32 bytes of ones', bytes(32, () => 0xff), 0x62a8ab43],
    ['32 rising bytes', bytes(32, (i) => i), 0x46dd794e],
    ['32 falling bytes', bytes(32, (i) => 31 - i), 0x113fdb5c],
    ['nothing', bytes(0, () => 0), 0],
    ['123456789', new TextEncoder().encode('123456789'), 0xe3069283],
  ])('%s', (_, data, expected) => {
    expect(crc32c(data)).toBe(expected);
  });

  test('agrees with the definition, bit by bit, for every length and start', () => {
    const data = bytes(80, (i) => (i * 197 + 43) & 0xff);
    for (let start = 0; start < 9; start++) {
      for (let end = start; end <= data.length; end += 3) {
        const part = data.subarray(start, end);
        expect(crc32c(part)).toBe(bitByBit(part));
      }
    }
  });

  test('goes on from the CRC of what came before', () => {
    const data = bytes(61, (i) => (i * 31) & 0xff);
    for (let cut = 0; cut <= data.length; cut += 7) {
      expect(crc32c(data.subarray(cut), crc32c(data.subarray(0, cut)))).toBe(crc32c(data));
    }
  });

  test('is stored masked in record files', () => {
    // As TensorBoard's own reader checks it: the length 24 of an event, 8 bytes little endian.
    expect(maskedCrc32c(bytes(8, (i) => (i === 0 ? 24 : 0)))).toBe(0x224b7fa3);
  });
});

function bitByBit(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
