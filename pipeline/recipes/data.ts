import { isAbsolute, join } from 'node:path';
import { FormatError, type Factor } from 'rxface';
import { poseLabel, poseOf } from 'rxface/operators';
import {
  columnLabels,
  concat,
  dropList,
  FAIRFACE_GROUPS,
  labelled,
  landmarkLabels,
  openSource,
  type IndexedSource,
  type LabelOf,
} from 'rxface/sources';
import type { LabelsConfig } from './labelSchema.ts';
import type { SourcesConfig } from './schema.ts';
import type { SourceConfig } from './sourceSchema.ts';

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
export function staysOpen(source: IndexedSource): IndexedSource {
  return Object.create(source, { close: { value: async () => {} } }) as IndexedSource;
}

/** One source of a config, opened: without the people it drops, with the labels it is given. */
export async function openOne(
  { path, points, drop, labels }: SourceConfig,
  root: string | undefined,
): Promise<IndexedSource> {
  const gone = drop === undefined || Array.isArray(drop) ? drop : await dropList(dataPath(drop.file, root), drop.set);
  const tables = labels && (await labelTables(labels, root));
  const source = await openSource(dataPath(path, root), {
    ...(points !== undefined && { points: dataPath(points, root) }),
    ...(gone !== undefined && { drop: gone }),
  });
  if (tables === undefined) return source;
  const known = labelled(source, tables);
  await known.open();
  return known;
}

/** What labels images by their ids, read from tables. */
async function labelTables(labels: LabelsConfig, root: string | undefined): Promise<Partial<Record<Factor, LabelOf>>> {
  const known = await Promise.all(
    Object.entries(labels).map(async ([factor, from]) => {
      if ('points' in from) return [factor, await landmarkLabels(dataPath(from.points, root), poseOfPoints)] as const;
      const classes = from.classes === 'fairface' ? FAIRFACE_GROUPS : from.classes;
      return [factor, await columnLabels(dataPath(from.table, root), { column: from.column, classes })] as const;
    }),
  );
  return Object.fromEntries(known);
}

function poseOfPoints(points: Float32Array): number | undefined {
  const pose = poseOf(points);
  return pose && poseLabel(pose.yaw);
}
