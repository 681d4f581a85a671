/** The door to the disk for reading. Every failure is a FileError that names the path and says why. */
import { promises as fs, readSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { FileError } from '../errors.ts';
import { eachRead } from './eachRead.ts';
import { about, fileError, MOST_AT_ONCE, systemCode } from './reason.ts';

export { systemCode } from './reason.ts';

/** What lies at a path (links are followed). `bytes` is 0 for a folder. */
export interface Stat {
  kind: 'file' | 'folder' | 'other';
  bytes: number;
  /** Milliseconds since 1970. */
  modified: number;
}

/** One entry of a folder. */
export interface Entry {
  name: string;
  path: string;
  kind: 'file' | 'folder' | 'other';
}

/** A file open for reading at any place; reads may overlap. */
export interface ReadHandle {
  readonly path: string;
  readonly bytes: number;
  /** The bytes [offset, offset + length); fewer where the file ends before. `into` is filled and cut instead of a new array. */
  readAt(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
  /** Fills each of `into` from its offset; gives the bytes read, each time fewer than asked for where the file ends before. */
  readEach(offsets: readonly number[], into: readonly Uint8Array[]): Promise<number[]>;
  close(): Promise<void>;
}

export function readFile(path: string): Promise<Uint8Array> {
  return about(path, () => fs.readFile(path));
}

/** The file as UTF-8 text, without a byte-order mark. */
export async function readText(path: string): Promise<string> {
  const text = await about(path, () => fs.readFile(path, 'utf8'));
  return text.codePointAt(0) === 0xfe_ff ? text.slice(1) : text;
}

/** Opens a file for positioned reads (pread). The caller closes it. */
export async function open(path: string): Promise<ReadHandle> {
  return about(path, async () => {
    const handle = await fs.open(path, 'r');
    const found = await handle.stat();
    if (found.isDirectory()) {
      await handle.close();
      throw new FileError(path, 'it is a folder, not a file');
    }
    const readAt = async (target: Uint8Array, offset: number): Promise<number> => {
      let done = 0;
      while (done < target.length) {
        const wanted = Math.min(target.length - done, MOST_AT_ONCE);
        const { bytesRead } = await handle.read(target, done, wanted, offset + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return done;
    };
    const readEach = eachRead((target, offset) => readNow(handle.fd, target, offset), readAt);
    return {
      path,
      bytes: found.size,
      readAt: (offset, length, into) =>
        about(path, async () => {
          const target = into === undefined ? new Uint8Array(length) : into.subarray(0, length);
          const count = await readAt(target, offset);
          return count === target.length ? target : target.subarray(0, count);
        }),
      readEach: (offsets, into) => about(path, () => readEach(offsets, into)),
      close: () => about(path, () => handle.close()),
    };
  });
}

function readNow(file: number, target: Uint8Array, offset: number): number {
  let done = 0;
  while (done < target.length) {
    const count = readSync(file, target, done, Math.min(target.length - done, MOST_AT_ONCE), offset + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** The file as a stream of bytes, read as it is pulled; breaking off closes it. `end` is exclusive. */
export function readStream(path: string, range?: { start?: number; end?: number; chunkBytes?: number }): Readable {
  return Readable.from(chunks(path, range), { objectMode: false });
}

async function* chunks(path: string, range: Parameters<typeof readStream>[1] = {}): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const end = Math.min(range.end ?? file.bytes, file.bytes);
    const step = range.chunkBytes ?? 1 << 18;
    for (let at = range.start ?? 0; at < end; at += step) yield await file.readAt(at, Math.min(step, end - at));
  } finally {
    await file.close();
  }
}

export function stat(path: string): Promise<Stat> {
  return about(path, async () => {
    const found = await fs.stat(path);
    return { kind: kindOf(found), bytes: found.isFile() ? found.size : 0, modified: found.mtimeMs };
  });
}

/** As `stat`, but undefined where nothing is. */
export async function statIfThere(path: string): Promise<Stat | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}

export async function exists(path: string): Promise<boolean> {
  return (await statIfThere(path)) !== undefined;
}

/** What a folder holds, sorted by name (code units), links followed; a link to nowhere is 'other'. */
export function list(path: string): Promise<Entry[]> {
  return about(path, async () => {
    const entries = await fs.readdir(path, { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    return Promise.all(
      entries.map(async (entry): Promise<Entry> => {
        const at = join(path, entry.name);
        if (!entry.isSymbolicLink()) return { name: entry.name, path: at, kind: kindOf(entry) };
        return { name: entry.name, path: at, kind: (await statIfThere(at))?.kind ?? 'other' };
      }),
    );
  });
}

/** Where a symbolic link points, as written in it; undefined where there is no link. */
export async function readLink(path: string): Promise<string | undefined> {
  try {
    return await fs.readlink(path);
  } catch (error) {
    if (['ENOENT', 'EINVAL', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw fileError(path, error);
  }
}

/** The path with all its links followed. */
export function realPath(path: string): Promise<string> {
  return about(path, () => fs.realpath(path));
}

/** Bytes free for this user on the disk that holds `path`. */
export function freeBytes(path: string): Promise<number> {
  return about(path, async () => {
    const found = await fs.statfs(path);
    return found.bavail * found.bsize;
  });
}

function kindOf(found: { isFile(): boolean; isDirectory(): boolean }): Entry['kind'] {
  if (found.isFile()) return 'file';
  return found.isDirectory() ? 'folder' : 'other';
}
