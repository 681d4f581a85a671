import { basename, dirname, join } from 'node:path';
import { BEGAN, lives } from './lives.ts';

// From a number that no earlier process with this id has reached.
let asides = BEGAN;

/** A new name beside `path` for what is not whole yet. The dot keeps listings and globs from seeing it. */
export function asideOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.aside-${process.pid}-${asides++}`);
}

/** Whether a name is that of something aside whose process is gone. */
export function isLeftAside(name: string): boolean {
  const [writer, number] = /^\..+\.aside-(\d+)-(\d+)$/.exec(name)?.slice(1).map(Number) ?? [];
  if (writer === undefined) return false;
  return writer === process.pid ? number! < BEGAN : !lives(writer);
}
