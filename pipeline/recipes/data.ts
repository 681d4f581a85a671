import { isAbsolute, join } from 'node:path';
import { concat, drop, dropList, imageFolder, recordIO, tar, type IndexedSource } from 'rxface/sources';
import { FileError } from '../errors.ts';
import { statIfThere } from '../files/read.ts';
import type { Config, SourceConfig } from './schema.ts';

/** A path of data: relative ones start at `root`, else at RXFACE_DATA, else at the current folder. */
export function dataPath(path: string, root: string | undefined): string {
  const base = root ?? process.env['RXFACE_DATA'];
  return isAbsolute(path) || base === undefined || base === '' ? path : join(base, path);
}

/**
 * The faces at a path, by what lies there: a folder of people, a tar or a RecordIO file, or a pattern over the latter two.
 *
 * @param options.points table of five landmarks per image
 * @throws FileError where nothing lies there, or something that is none of these
 */
export async function facesAt(path: string, options: { points?: string } = {}): Promise<IndexedSource> {
  if (path.endsWith('.rec')) {
    if (options.points !== undefined)
      throw new FileError(options.points, `a table of landmarks, which '${path}' takes none of`);
    return recordIO(path);
  }
  if (/\.(tar|tar\.gz|tgz)$/.test(path)) return tar(path, options);
  const found = await statIfThere(path);
  if (found?.kind === 'folder') return imageFolder(path, options);
  throw new FileError(
    path,
    found === undefined ? 'there is no such file or folder' : 'expected a folder, .tar, .tar.gz or .rec',
  );
}

/** The training faces of a config: its sources one after another, without the people it drops. */
export async function trainingFaces(data: Config['data']): Promise<IndexedSource> {
  const sources: IndexedSource[] = [];
  for (const config of data.sources) sources.push(await oneSource(config, data.root));
  return concat(...sources);
}

async function oneSource({ path, points, drop: gone }: SourceConfig, root: string | undefined): Promise<IndexedSource> {
  const source = await facesAt(dataPath(path, root), points === undefined ? {} : { points: dataPath(points, root) });
  if (gone === undefined) return source;
  return drop(source, Array.isArray(gone) ? gone : await dropList(dataPath(gone.file, root), gone.set));
}
