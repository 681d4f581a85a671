import { join } from 'node:path';
import { isFaces } from '../pipeline/bytes/faces.ts';
import { isGzip } from '../pipeline/bytes/gzip.ts';
import { readPartHead } from '../pipeline/bytes/recordio.ts';
import { FormatError } from '../pipeline/errors.ts';
import { expand } from '../pipeline/files/glob.ts';
import { exists, list, open, stat } from '../pipeline/files/read.ts';
import { drawnFaces, type DrawnFacesOptions } from './drawnFaces.ts';
import { drop } from './drop.ts';
import { imageFolder } from './imageFolder.ts';
import type { IndexedSource } from './indexed.ts';
import { landmarks } from './landmarks.ts';
import { pairBin } from './pairBin.ts';
import { parseDrawnPattern } from './parse/drawnPattern.ts';
import { isPickle } from './parse/pairBin.ts';
import { parseTarHeader, TAR_BLOCK_BYTES } from './parse/tarHeader.ts';
import { recordIO } from './recordIO.ts';
import { isShardName, shards } from './shards.ts';
import { tar } from './tar.ts';

/** What may go with a source of any kind. */
export interface SourceOptions {
  /** Table of five landmarks per image; see `landmarks`. */
  points?: string;
  /** Names of people to leave out; see `drop`. */
  drop?: readonly string[];
}

/**
 * Opens whatever lies at a path: tar, tar.gz, .rec, .faces, .bin, image folder, or a folder of shards or with insightface's train.rec.
 * Files are told apart by their first bytes, not by their names; only a shard whose beginning is damaged is known by its name.
 *
 * ```ts
 * const faces = await openSource('faces', { points: 'landmarks.csv' });
 * ```
 *
 * 'drawn:people=50,perPerson=20,seed=7' is no path: it opens `drawnFaces` with these options.
 *
 * @param where path, or a fast-glob pattern over tars, .rec files or shards, which also may match one folder
 * @throws FileError nothing there; FormatError none of these, or what the source itself finds wrong
 */
export async function openSource(where: string, options: SourceOptions = {}): Promise<IndexedSource> {
  const found = await sourceAt(where);
  const kept = drop(found, options.drop ?? []);
  const source = options.points === undefined ? kept : landmarks(kept, options.points);
  await source.open();
  return source;
}

async function sourceAt(where: string): Promise<IndexedSource> {
  const drawn = parseDrawnPattern(where);
  if (drawn) return drawnFaces(drawn as unknown as DrawnFacesOptions);
  const found = await expand(where);
  const [first = where] = found;
  const folder = await firstFolder(found);
  if (folder !== undefined && found.length > 1)
    throw new FormatError(where, undefined, 'tars or .rec files, or one folder', `${found.length} matches`);
  if (folder !== undefined) {
    const records = join(first, 'train.rec');
    if (await exists(records)) return recordIO(records);
    return (await list(first)).some(({ name }) => isShardName(name)) ? shards(first) : imageFolder(first);
  }
  const file = await open(first);
  const head = await file.readAt(0, TAR_BLOCK_BYTES).finally(() => file.close());
  if (isGzip(head) || parseTarHeader(head)) return tar(where);
  if (readPartHead(head)) return recordIO(where);
  if (isPickle(head)) return pairBin(first);
  if (isFaces(head) || isShardName(first)) return shards(where);
  throw new FormatError(first, 0, 'a tar, tar.gz, RecordIO, .faces or .bin file, or a folder of images');
}

async function firstFolder(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if ((await stat(path)).kind === 'folder') return path;
  return undefined;
}
