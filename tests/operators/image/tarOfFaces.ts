import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

/** The first `count` files of a plain ustar archive: enough to test operators without the sources, who are strangers. */
export async function readTarGz(path: URL, count: number): Promise<Uint8Array[]> {
  const bytes = gunzipSync(await readFile(path));
  const files: Uint8Array[] = [];
  for (let at = 0; at + 512 <= bytes.length && files.length < count && bytes[at] !== 0;) {
    const size = Number.parseInt(bytes.toString('latin1', at + 124, at + 135), 8);
    const name = bytes.toString('latin1', at, at + 100);
    if (name.includes('.jpg')) files.push(bytes.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
