import { isAbsolute, join } from 'node:path';
import { FormatError } from 'rxface';
import { concat, dropList, openSource, type IndexedSource } from 'rxface/sources';
import type { SourceConfig, SourcesConfig } from './schema.ts';

/** A path of data: relative ones start at `root`, else at RXFACE_DATA, else at the current folder. 'drawn:...' is no path. */
export function dataPath(path: string, root?: string): string {
  const base = root ?? process.env['RXFACE_DATA'];
  if (path.startsWith('drawn:')) return path;
  return isAbsolute(path) || base === undefined || base === '' ? path : join(base, path);
}

/**
 * The training faces of a config, opened: its sources one after another, without the people it drops.
 *
 * Graphs that run over it leave it open, one after another; whoever called this closes it.
 * @throws FormatError at the first image that is of nobody
 */
export async function trainingFaces(data: SourcesConfig): Promise<{ faces: IndexedSource; close(): Promise<void> }> {
  const faces = await openFaces(data);
  const stray = faces.labels.indexOf(-1);
  if (stray >= 0) {
    const { file, offset } = faces.place(stray);
    const id = faces.id(stray);
    await faces.close();
    throw new FormatError(file, offset, 'every image in the folder of a person', id);
  }
  return { faces: staysOpen(faces), close: () => faces.close() };
}

/** The sources of a config as one, opened. Whoever called this closes it. */
export async function openFaces(data: SourcesConfig): Promise<IndexedSource> {
  const opened: IndexedSource[] = [];
  try {
    for (const source of data.sources) opened.push(await openOne(source, data.root));
    const faces = concat(...opened);
    await faces.open();
    return faces;
  } catch (error) {
    await Promise.all(opened.map((source) => source.close()));
    throw error;
  }
}

/** The same source, which a run that ends does not close: a tar need not be unpacked anew in each epoch. */
function staysOpen(source: IndexedSource): IndexedSource {
  return Object.create(source, { close: { value: async () => {} } }) as IndexedSource;
}

async function openOne({ path, points, drop }: SourceConfig, root: string | undefined): Promise<IndexedSource> {
  const options = points === undefined ? {} : { points: dataPath(points, root) };
  if (drop === undefined) return openSource(dataPath(path, root), options);
  const gone = Array.isArray(drop) ? drop : await dropList(dataPath(drop.file, root), drop.set);
  return openSource(dataPath(path, root), { ...options, drop: gone });
}
