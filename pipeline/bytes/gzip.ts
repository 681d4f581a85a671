import { Readable } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import { FormatError } from '../errors.ts';

/** Whether the bytes begin a gzip stream. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The bytes inside a gzip file, or the bytes themselves where they are none. */
export function gunzip(bytes: Uint8Array, file: string): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw notWhole(file, error);
  }
}

/** The bytes inside a gzip stream, pulled as they are read. @throws FormatError a stream cut off or damaged */
export async function* gunzipStream(compressed: Readable, file: string): AsyncGenerator<Uint8Array> {
  const inflate = createGunzip({ chunkSize: 1 << 18 });
  compressed.on('error', (error) => inflate.destroy(error));
  try {
    for await (const chunk of compressed.pipe(inflate)) yield chunk as Uint8Array;
  } catch (error) {
    throw notWhole(file, error);
  } finally {
    compressed.destroy();
  }
}

function notWhole(file: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  return code?.startsWith('Z_') ? new FormatError(file, undefined, 'a whole gzip stream', message) : error;
}
