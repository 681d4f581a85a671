import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isZip, readStoredZip } from '../../../pipeline/bytes/storedZip.ts';

const hello = Buffer.from('hello');

/** A zip of one member 'a'; `wide` puts its size and places into 64-bit fields. */
function zipOf(data: Uint8Array, { method = 0, flags = 0, wide = false, crc = zlib.crc32(data) } = {}): Buffer {
  const local = Buffer.alloc(31);
  local.writeUInt32LE(0x04034b50);
  local.writeUInt16LE(1, 26);
  local.write('a', 30);
  const extra = Buffer.alloc(wide ? 28 : 0);
  const entry = Buffer.alloc(47);
  entry.writeUInt32LE(0x02014b50);
  entry.writeUInt16LE(flags, 8);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt32LE(crc, 16);
  for (const [offset, value] of [
    [20, data.length],
    [24, data.length],
    [42, 0],
  ] as const)
    // prettier-ignore
    entry.writeUInt32LE(wide ? 0xffffffff : value, offset);
  entry.writeUInt16LE(1, 28);
  entry.writeUInt16LE(extra.length, 30);
  entry.write('a', 46);
  if (wide) {
    extra.writeUInt16LE(1);
    extra.writeUInt16LE(24, 2);
    extra.writeBigUInt64LE(BigInt(data.length), 4);
    extra.writeBigUInt64LE(BigInt(data.length), 12);
  }
  const start = local.length + data.length;
  const end64 = Buffer.alloc(wide ? 76 : 0);
  if (wide) {
    end64.writeUInt32LE(0x06064b50);
    end64.writeBigUInt64LE(1n, 32);
    end64.writeBigUInt64LE(BigInt(start), 48);
    end64.writeUInt32LE(0x07064b50, 56);
    end64.writeBigUInt64LE(BigInt(start + entry.length + extra.length), 64);
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(wide ? 0xffff : 1, 10);
  end.writeUInt32LE(wide ? 0xffffffff : start, 16);
  return Buffer.concat([local, data, entry, extra, end64, end]);
}

describe('readStoredZip', () => {
  it.each([false, true])('gives a member as it lies there (64-bit fields: %s)', (wide) => {
    const zip = readStoredZip(zipOf(hello, { wide }), 'a.zip');
    expect(zip.names).toEqual(['a']);
    expect(Buffer.from(zip.member('a')).toString()).toBe('hello');
  });

  it('reads what PyTorch writes', () => {
    const bytes = readFileSync(fileURLToPath(new URL('../../fixtures/torch/tensors.pt', import.meta.url)));
    expect(isZip(bytes)).toBe(true);
    expect(readStoredZip(bytes, 'tensors.pt').names).toContain('tensors/data.pkl');
  });

  it.each([
    ['a compressed member', zipOf(hello, { method: 8 }), /stored members, as PyTorch writes them; 'a' is compressed/],
    ['an encrypted member', zipOf(hello, { flags: 1 }), /a zip without encryption \('a'\)/],
    [
      'a damaged member',
      zipOf(hello, { crc: 1 }),
      /a\.zip, byte 31: expected the bytes of 'a' that its checksum is of/,
    ],
    ['a file cut off', zipOf(hello).subarray(0, 80), /the directory of a zip at its end/],
    ['an empty file', new Uint8Array(0), /the directory of a zip at its end/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readStoredZip(bytes, 'a.zip').member('a')).toThrow(message);
  });

  it('says which member is not there', () => {
    expect(() => readStoredZip(zipOf(hello), 'a.zip').member('b')).toThrow("a.zip: expected a member 'b'");
  });
});
