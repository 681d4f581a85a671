/**
 * The door to the disk for writing. What is written appears whole or not at all: aside, fsync, rename, fsync of the folder.
 * Every failure is a FileError that names the path and says why, and leaves nothing half-written behind.
 */
import { promises as fs } from 'node:fs';
import { dirname, join } from 'node:path';
import { asideOf, isLeftAside } from './aside.ts';
import { about, MOST_AT_ONCE, systemCode } from './reason.ts';

/** What the fault of a test sees before the disk does. */
export type WriteOperation = 'open' | 'write' | 'sync' | 'rename' | 'mkdir' | 'link';

/** A file being written aside; it appears under its name at `commit`. */
export interface Writer {
  readonly path: string;
  /** Bytes appended so far. */
  readonly bytes: number;
  write(data: Uint8Array | string): Promise<void>;
  /** Overwrites bytes already written (a header whose counts are known last). */
  writeAt(offset: number, data: Uint8Array): Promise<void>;
  commit(): Promise<void>;
  /** Drops everything; harmless after `commit`. */
  discard(): Promise<void>;
}

/** A file that grows by whole lines or records. */
export interface Appender {
  readonly path: string;
  append(data: Uint8Array | string): Promise<void>;
  /** Until the disk has it. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

let fault: ((operation: WriteOperation, path: string) => void) | undefined;

/** For tests: `next` is called before every operation and may throw what a disk would (an Error with `code: 'ENOSPC'`). */
export function injectWriteFault(next: typeof fault): void {
  fault = next;
}

/** Writes a file whole; of a list, its parts one after another. */
export async function writeFile(path: string, data: Uint8Array | string | readonly Uint8Array[]): Promise<void> {
  const writer = await openWriter(path);
  try {
    for (const part of [data].flat()) await writer.write(part);
    await writer.commit();
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** Begins a file; the caller commits or discards. */
export function openWriter(path: string): Promise<Writer> {
  return about(path, async () => {
    const aside = asideOf(path);
    fault?.('open', path);
    const handle = await fs.open(aside, 'wx');
    let bytes = 0;
    let open = true;
    const put = async (data: Uint8Array, at: number): Promise<void> => {
      fault?.('write', path);
      for (let done = 0; done < data.length;)
        done += (await handle.write(data, done, Math.min(data.length - done, MOST_AT_ONCE), at + done)).bytesWritten;
    };
    const discard = async (): Promise<void> => {
      if (!open) return;
      open = false;
      await handle.close().catch(() => {});
      await fs.rm(aside, { force: true });
    };
    return {
      path,
      get bytes() {
        return bytes;
      },
      write: (data) =>
        about(path, async () => {
          const encoded = typeof data === 'string' ? Buffer.from(data) : data;
          await put(encoded, bytes);
          bytes += encoded.length;
        }),
      writeAt: (offset, data) => about(path, () => put(data, offset)),
      commit: () =>
        about(path, async () => {
          fault?.('sync', path);
          await handle.sync();
          await handle.close();
          await move(aside, path);
          open = false;
        }),
      discard: () => about(path, discard),
    };
  });
}

/**
 * Writes a folder whole: `fill` puts everything below the path it is given; then it is synced and takes its name.
 * A folder that was there is replaced.
 */
export function writeFolder(path: string, fill: (aside: string) => Promise<void>): Promise<void> {
  return about(path, async () => {
    const aside = asideOf(path);
    try {
      fault?.('mkdir', path);
      await fs.mkdir(aside);
      await fill(aside);
      await syncTree(aside);
      await move(aside, path);
    } catch (error) {
      await fs.rm(aside, { recursive: true, force: true });
      throw error;
    }
  });
}

/** Opens a file to append to, making it if need be ('ax': it must be new). A write cut short by a full disk is taken back to the last whole append. */
export function openAppender(path: string, flag: 'a' | 'ax' = 'a'): Promise<Appender> {
  return about(path, async () => {
    fault?.('open', path);
    const handle = await fs.open(path, flag);
    let bytes = (await handle.stat()).size;
    return {
      path,
      append: (data) =>
        about(path, async () => {
          const encoded = typeof data === 'string' ? Buffer.from(data) : data;
          try {
            fault?.('write', path);
            for (let done = 0; done < encoded.length;)
              done += (await handle.write(encoded, done, encoded.length - done)).bytesWritten;
            bytes += encoded.length;
          } catch (error) {
            await handle.truncate(bytes).catch(() => {});
            throw error;
          }
        }),
      sync: () => about(path, () => handle.sync()),
      close: () => about(path, () => handle.close()),
    };
  });
}

/** Gives a file or folder another name on the same disk, in one step; what had that name is replaced. */
export function move(from: string, path: string): Promise<void> {
  return about(path, async () => {
    fault?.('rename', path);
    try {
      await fs.rename(from, path);
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) throw error;
      const old = asideOf(path);
      await fs.rename(path, old);
      await fs.rename(from, path);
      await fs.rm(old, { recursive: true, force: true });
    }
    await syncFolder(dirname(path));
  });
}

/** Cuts a file to its first `bytes` bytes: log lines of steps that a resumed run does again. */
export function truncate(path: string, bytes: number): Promise<void> {
  return about(path, () => fs.truncate(path, bytes));
}

/** Makes a folder and those above it. */
export async function makeFolder(path: string): Promise<void> {
  await about(path, async () => {
    fault?.('mkdir', path);
    await fs.mkdir(path, { recursive: true });
  });
}

/** Removes a file, a link or a whole folder; nothing there is fine. */
export function remove(path: string): Promise<void> {
  return about(path, () => fs.rm(path, { recursive: true, force: true }));
}

/** Removes a folder so that nobody sees it half-removed: it goes aside in one step first. */
export function removeFolder(path: string): Promise<void> {
  return about(path, async () => {
    const aside = asideOf(path);
    await fs.rename(path, aside);
    await fs.rm(aside, { recursive: true, force: true });
  });
}

/** Makes `path` a symbolic link to `target`, in one step even where a file or link was before. */
export function link(target: string, path: string): Promise<void> {
  return about(path, async () => {
    const aside = asideOf(path);
    fault?.('link', path);
    await fs.symlink(target, aside);
    try {
      await fs.rename(aside, path);
    } catch (error) {
      await fs.rm(aside, { force: true });
      throw error;
    }
  });
}

/** Removes what processes that were killed left aside in this folder. */
export function sweep(folder: string): Promise<void> {
  return about(folder, async () => {
    for (const name of await fs.readdir(folder)) {
      if (isLeftAside(name)) await fs.rm(join(folder, name), { recursive: true, force: true });
    }
  });
}

/** Writes a small file only if none is there: true where this call made it. */
export function claim(path: string, text: string): Promise<boolean> {
  return about(path, async () => {
    try {
      await fs.writeFile(path, text, { flag: 'wx' });
      return true;
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false;
      throw error;
    }
  });
}

/** Sets a file's time to now. */
export function touch(path: string): Promise<void> {
  const now = new Date();
  return about(path, () => fs.utimes(path, now, now));
}

async function syncTree(folder: string): Promise<void> {
  for (const entry of await fs.readdir(folder, { withFileTypes: true })) {
    const at = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(at);
    else if (entry.isFile()) {
      fault?.('sync', at);
      const handle = await fs.open(at, 'r');
      await handle.sync().finally(() => handle.close());
    }
  }
  await syncFolder(folder);
}

// Windows cannot open a folder; there the rename has to do.
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
