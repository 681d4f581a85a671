import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeRecord,
  follows,
  joinRecord,
  paddedLength,
  readPartHead,
  RECORD_MAGIC,
} from '../../../pipeline/bytes/recordio.ts';

const MAGIC = [0x0a, 0x23, 0xd7, 0xce];

describe('RecordIO framing', () => {
  it('writes magic, flag and length, payload, padding', () => {
    expect([...encodeRecord(Uint8Array.of(1, 2, 3, 4, 5))]).toEqual([...MAGIC, 5, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0]);
    expect([...encodeRecord(new Uint8Array(0))]).toEqual([...MAGIC, 0, 0, 0, 0]);
  });

  it('splits at the magic, at multiples of four alone', () => {
    const record = encodeRecord(Uint8Array.of(...MAGIC, 7, ...MAGIC, 8, 9, 9, ...MAGIC, 6));
    expect(readPartHead(record)).toEqual({ flag: 1, length: 0 });
    expect(readPartHead(record, 8)).toEqual({ flag: 2, length: 8 });
    expect(readPartHead(record, 24)).toEqual({ flag: 3, length: 1 });
    expect(record.length).toBe(36);
  });

  it('gives back any payload, the magic anywhere in it', () => {
    const piece = fc.oneof(fc.constant(MAGIC), fc.array(fc.nat(255), { maxLength: 9 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const payload = Uint8Array.from(pieces.flat());
        const record = encodeRecord(payload);
        expect(record.length % 4).toBe(0);
        expect(joinRecord(record)).toEqual(payload);
      }),
      { numRuns: 200 },
    );
  });

  it('knows where no part begins', () => {
    expect(readPartHead(Uint8Array.of(...MAGIC, 0, 0, 0))).toBeUndefined();
    expect(readPartHead(Uint8Array.of(1, 2, 3, 4, 0, 0, 0, 0))).toBeUndefined();
    expect(readPartHead(Uint8Array.of(...MAGIC, 0, 0, 0, 0xe0))).toBeUndefined();
    expect(RECORD_MAGIC).toBe(new DataView(Uint8Array.from(MAGIC).buffer).getUint32(0, true));
  });

  it('knows which part may follow which', () => {
    expect([follows(undefined, 0), follows(undefined, 1), follows(1, 2), follows(2, 3), follows(1, 3)]).not.toContain(
      false,
    );
    expect([follows(undefined, 2), follows(undefined, 3), follows(1, 0), follows(2, 1)]).not.toContain(true);
    expect([0, 1, 4, 5].map(paddedLength)).toEqual([0, 4, 4, 8]);
  });

  it('says where a record is cut or its parts are out of turn', () => {
    const record = encodeRecord(Uint8Array.of(1, 2, 3, 4, ...MAGIC, 5));
    expect(joinRecord(record.subarray(0, 14))).toBe('no whole part of a record stands at its byte 12');
    expect(joinRecord(record.subarray(12))).toBe('no whole part of a record stands at its byte 0');
  });
});
