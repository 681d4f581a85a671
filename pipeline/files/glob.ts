import fastGlob from 'fast-glob';
import { FileError } from '../errors.ts';
import { exists } from './read.ts';

/**
 * The files a path or pattern stands for, sorted (code units). A path that exists is itself, whatever signs it has;
 * patterns are those of fast-glob: `*`, `**`, `{a,b}`, `{0000..0009}`, `[0-9]`.
 *
 * @throws FileError where nothing is found
 */
export async function expand(pattern: string): Promise<string[]> {
  if (await exists(pattern)) return [pattern];
  if (!fastGlob.isDynamicPattern(pattern)) throw new FileError(pattern, 'there is no such file or folder');
  const paths = await fastGlob(pattern, { onlyFiles: false, unique: true });
  if (paths.length === 0) throw new FileError(pattern, 'no file matches this pattern');
  return paths.toSorted();
}

/** The files below a folder whose names end in one of these, by path relative to it; hidden files are left out. */
export async function filesBelow(folder: string, endings: readonly string[]): Promise<string[]> {
  const pattern = `**/*.{${endings.join(',')}}`;
  return fastGlob(pattern, { cwd: folder, caseSensitiveMatch: false, followSymbolicLinks: true });
}
