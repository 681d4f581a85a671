import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { gunzip, gunzipStream, isGzip } from '../../../pipeline/bytes/gzip.ts';

const text = 'faces '.repeat(1000);
const packed = Uint8Array.from(gzipSync(text));

async function unpack(...parts: Uint8Array[]): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of gunzipStream(Readable.from(parts), 'a.gz')) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

it('unpacks, and leaves alone what is not packed', () => {
  expect(new TextDecoder().decode(gunzip(packed, 'a.gz'))).toBe(text);
  const plain = Uint8Array.of(1, 2);
  expect(gunzip(plain, 'a')).toBe(plain);
  expect([isGzip(packed), isGzip(plain), isGzip(new Uint8Array(0))]).toEqual([true, false, false]);
});

it('unpacks streams, also of several members', async () => {
  expect(await unpack(packed.subarray(0, 10), packed.subarray(10))).toBe(text);
  expect(await unpack(packed, packed)).toBe(text + text);
});

it('names the file that is cut off or damaged', async () => {
  const cut = packed.subarray(0, -12);
  expect(() => gunzip(cut, 'a.gz')).toThrow('a.gz: expected a whole gzip stream');
  await expect(unpack(cut)).rejects.toThrow('a.gz: expected a whole gzip stream');
  await expect(unpack(packed.slice().fill(0x99, 12, 20))).rejects.toThrow('a.gz: expected a whole gzip stream');
});

it('passes on what goes wrong while reading', async () => {
  const broken = new Readable({ read: () => broken.destroy(new Error('the disk reports an error')) });
  const chunks = gunzipStream(broken, 'a.gz');
  await expect(chunks.next()).rejects.toThrow('the disk reports an error');
});
