import { maskedCrc32c } from '../../pipeline/bytes/crc32c.ts';

/**
 * One record of a TFRecord file: length (u64), its masked CRC-32C, the bytes, theirs; all little-endian.
 *
 * In plain words: a reader finds where each record ends, and whether a bit of it has flipped.
 * Source: tensorflow/tsl, lib/io/record_writer.cc.
 */
export function tfRecord(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length + 4);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(out.subarray(0, 8)), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return out;
}
