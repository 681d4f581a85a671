import fastGlob from 'fast-glob';
import { FileError } from '../errors.ts';
import { exists } from './read.ts';

/**
 * The files a path or pattern stands for, sorted (code units). A path that exists is itself, whatever signs it has;
 * patterns are those of fast-glob: `*`, `**`, `{a,b}`, `{0000..0009}`, `[0-9]`. Braces are spelt out first, and what has
 * no other sign is a file that must be there.
 *
 * @throws FileError where nothing is found, or one that the braces name is missing
 */
export async function expand(pattern: string): Promise<string[]> {
  if (pattern === '') throw new FileError("''", 'a path or pattern has at least one character');
  if (await exists(pattern)) return [pattern];
  if (!fastGlob.isDynamicPattern(pattern)) throw new FileError(pattern, 'there is no such file or folder');
  const paths = new Set<string>();
  for (const spelt of fastGlob.generateTasks(pattern).flatMap(({ patterns }) => patterns)) {
    const found = await fastGlob(spelt, { onlyFiles: false });
    if (found.length === 0 && !fastGlob.isDynamicPattern(spelt))
      throw new FileError(spelt, `there is no such file or folder, '${pattern}' names it`);
    for (const path of found) paths.add(path);
  }
  if (paths.size === 0) throw new FileError(pattern, 'no file matches this pattern');
  return [...paths].toSorted();
}

/** The files below a folder whose names end in one of these, by path relative to it; hidden files are left out. */
export async function filesBelow(folder: string, endings: readonly string[]): Promise<string[]> {
  const pattern = `**/*.{${endings.join(',')}}`;
  return fastGlob(pattern, { cwd: folder, caseSensitiveMatch: false, followSymbolicLinks: true });
}
