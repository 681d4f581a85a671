import { basename, dirname, join } from 'node:path';
import type { Fault } from '../pipeline/contracts.ts';
import { FileError, FormatError, OptionError, show } from '../pipeline/errors.ts';
import { lock } from '../pipeline/files/lock.ts';
import { exists, list, readFile } from '../pipeline/files/read.ts';
import { type Appender, makeFolder, move, openAppender, remove, truncate } from '../pipeline/files/write.ts';

/** How far an output stands: what of it is safely on the disk. */
export interface Standing {
  /** Position in the source to go on at. */
  position: number;
  records: number;
  /** Of their encoded images together. */
  bytes: number;
  /** Records of the source that were left out. */
  faults: readonly Omit<Fault, 'stage'>[];
  /** The sink's own: sizes of its files and what else it goes on from. */
  figures: Readonly<Record<string, number>>;
}

/** A file or folder of an output, and the name it gets beside it. */
export type Naming = readonly [from: string, to: string];

/** A file that grows by small pieces, in large writes. */
export interface Growing {
  /** Those not yet written included. */
  readonly bytes: number;
  append(data: Uint8Array): Promise<void>;
  /** Until the disk has all of it. */
  sync(): Promise<void>;
  /** Drops what has not been written. */
  close(): Promise<void>;
}

/** An output on its way to its name. */
export interface Unfinished {
  readonly path: string;
  readonly standing: Standing;
  /** True where it was whole already: killed while it took its name. */
  readonly whole: boolean;
  /** A file of it to append to, cut to its first `bytes` bytes: what came after them is not safe. */
  grow(name: string, bytes: number): Promise<Growing>;
  /** Where a file of it lies until then. */
  at(name: string): string;
  /** Says that everything up to here is on the disk. */
  mark(standing: Standing): Promise<void>;
  /** Gives it its names, one after another; then nothing else of it is left. */
  finish(names: readonly Naming[]): Promise<void>;
  /** Lets go of it, finished or not; may be called again. */
  close(): Promise<void>;
}

const JOURNAL = 'journal.jsonl';
const LOCK = 'lock';
const WRITE_BYTES = 1 << 20;

/**
 * Begins an output that has its name only once it is whole, or goes on with one that was cut short.
 *
 * In plain words: until the last byte is written everything lies in PATH.unfinished, with a journal of what is safely on
 * the disk. Killed at any moment, the same call finds it there and goes on behind the last entry.
 *
 * @param name path of the output
 * @param of what it is made of and how, as plain data: an output that was begun with anything else is not gone on with.
 *   Absent: what was cut short goes, and the output begins anew.
 * @param options `suffix` of the folder, instead of 'unfinished'; `replaces`: it may take the place of what has its name
 * @throws OptionError where `name` is taken, or was begun with something else; FileError where another process writes it
 */
export async function beginOutput(
  name: string,
  of?: Readonly<Record<string, unknown>>,
  { suffix = 'unfinished', replaces = false }: { suffix?: string; replaces?: boolean } = {},
): Promise<Unfinished> {
  const path = name.replace(/[/\\]+$/, '');
  const folder = `${path}.${suffix}`;
  const at = (name: string): string => join(folder, name);
  if (basename(path) === '') throw new OptionError('output', 'its path', 'the name of a file or folder', name);
  const isTaken = !replaces && (await exists(path));
  if (isTaken && !(await exists(at(JOURNAL)))) throw taken(path);
  await makeFolder(folder);
  const unlock = await lock(at(LOCK), {
    waiting: (id) => {
      throw new FileError(path, `process ${id} is writing it`);
    },
  });
  try {
    if (of === undefined) await remove(at(JOURNAL));
    const { begun, standing, names, bytes } = await readJournal(at(JOURNAL));
    // Only what was killed while it took its names may find them there.
    if (isTaken && names === undefined) throw taken(path);
    if (begun === undefined) await clear(folder);
    else refuseOther(folder, begun, of!);
    const journal = await cutTo(at(JOURNAL), bytes);
    if (begun === undefined) await say(journal, { begun: of ?? {} });
    if (names !== undefined) await give(path, at, names);
    return output(path, { at, standing, journal, unlock, replaces, whole: names !== undefined });
  } catch (error) {
    await unlock();
    throw error;
  }
}

function taken(path: string): OptionError {
  return new OptionError('output', 'its path', 'free: remove what is there, or choose another', path);
}

function output(
  path: string,
  begun: {
    at: (name: string) => string;
    standing: Standing;
    journal: Appender;
    unlock: () => Promise<void>;
    replaces: boolean;
    whole: boolean;
  },
): Unfinished {
  const { at, journal, unlock } = begun;
  let { standing, whole } = begun;
  let open = true;
  return {
    path,
    at,
    get standing() {
      return standing;
    },
    get whole() {
      return whole;
    },
    grow: async (name, bytes) => growing(await cutTo(at(name), bytes), bytes),
    async mark(next) {
      await say(journal, { ...next, faults: next.faults.slice(standing.faults.length) });
      standing = next;
    },
    async finish(names) {
      // The place was free when the output was begun; what has come there since is somebody's.
      for (const [, to] of names) {
        if (!begun.replaces && (await exists(join(dirname(path), to))))
          throw new FileError(join(dirname(path), to), 'it has come here since this output was begun: move it away');
      }
      await say(journal, { names });
      await give(path, at, names);
      whole = true;
    },
    async close() {
      if (!open) return;
      open = false;
      await journal.close();
      // Nothing to go on with: another beginning shall find nothing in its way. Under the lock, or it might be another's.
      if (whole || standing.records === 0) await remove(at('.'));
      await unlock();
    },
  };
}

/** Moves what is not yet where it belongs. */
async function give(path: string, at: (name: string) => string, names: readonly Naming[]): Promise<void> {
  for (const [from, to] of names) if (await exists(at(from))) await move(at(from), join(dirname(path), to));
}

/** Files that no journal speaks of. */
async function clear(folder: string): Promise<void> {
  for (const { name, path } of await list(folder)) if (!name.startsWith(LOCK)) await remove(path);
}

async function cutTo(path: string, bytes: number): Promise<Appender> {
  if (bytes === 0) await remove(path);
  else await truncate(path, bytes);
  return openAppender(path);
}

function growing(file: Appender, begun: number): Growing {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let written = begun;
  const write = async (): Promise<void> => {
    if (waitingBytes > 0) await file.append(Buffer.concat(waiting));
    written += waitingBytes;
    waiting = [];
    waitingBytes = 0;
  };
  return {
    get bytes() {
      return written + waitingBytes;
    },
    async append(data) {
      waiting.push(data);
      waitingBytes += data.length;
      if (waitingBytes >= WRITE_BYTES) await write();
    },
    async sync() {
      await write();
      await file.sync();
    },
    close: () => file.close(),
  };
}

async function say(journal: Appender, entry: unknown): Promise<void> {
  await journal.append(`${JSON.stringify(entry)}\n`);
  await journal.sync();
}

interface Journal {
  /** Absent where there is no journal yet. */
  begun?: Record<string, unknown>;
  standing: Standing;
  names?: readonly Naming[];
  /** Of its whole lines; a last line cut off is as if it had not been written. */
  bytes: number;
}

async function readJournal(file: string): Promise<Journal> {
  const text = (await exists(file)) ? await readFile(file) : new Uint8Array(0);
  const bytes = text.lastIndexOf(0x0a) + 1;
  const lines = new TextDecoder().decode(text.subarray(0, bytes)).split('\n').slice(0, -1);
  const journal: Journal = { standing: { position: 0, records: 0, bytes: 0, faults: [], figures: {} }, bytes };
  for (const [i, line] of lines.entries()) {
    const entry = entryOf(line, file, i);
    if ('begun' in entry) journal.begun = entry.begun;
    else if ('names' in entry) journal.names = entry.names;
    else journal.standing = { ...entry, faults: [...journal.standing.faults, ...entry.faults] };
  }
  return journal;
}

type Entry = { begun: Record<string, unknown> } | { names: readonly Naming[] } | Standing;

function entryOf(line: string, file: string, number: number): Entry {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    const expected = `a JSON object in line ${number + 1} (remove its folder to begin anew)`;
    throw new FormatError(file, undefined, expected, line);
  }
}

function refuseOther(folder: string, begun: Record<string, unknown>, of: Readonly<Record<string, unknown>>): void {
  // Through JSON, as what was begun has been: undefined and absent are the same.
  const now = JSON.parse(JSON.stringify(of)) as Record<string, unknown>;
  for (const key of new Set([...Object.keys(begun), ...Object.keys(now)])) {
    if (JSON.stringify(begun[key]) === JSON.stringify(now[key])) continue;
    const before = begun[key] === undefined ? 'left out' : show(begun[key]);
    const expected = `${before}, as when ${folder} was begun (remove that folder to begin anew)`;
    throw new OptionError('output', key, expected, now[key] ?? 'nothing');
  }
}
