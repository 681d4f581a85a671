import { basename, join } from 'node:path';
import {
  decodeFace,
  encodeFace,
  FACE_HEAD_BYTES,
  faceLength,
  type FaceRecord,
  facesHead,
} from '../pipeline/bytes/faces.ts';
import { encodeFacesEnd } from '../pipeline/bytes/facesIndex.ts';
import type { Sink } from '../pipeline/contracts.ts';
import { FormatError, OptionError } from '../pipeline/errors.ts';
import { list, open } from '../pipeline/files/read.ts';
import { windowOver } from '../pipeline/files/window.ts';
import { makeFolder, remove } from '../pipeline/files/write.ts';
import type { Sample } from '../pipeline/items.ts';
import { recordSink } from './recordSink.ts';
import type { Growing, Unfinished } from './unfinished.ts';

export interface ShardsOptions {
  /** Names of the people by label; of whom there is no image, only the number is kept. Default: the labels' numbers, as many as occur. */
  classes?: readonly string[];
  /** Most bytes of a shard, save that one record always fits. Default 128 MiB. */
  shardBytes?: number;
  /** Most records of a shard. Default: as many as fit. */
  shardRecords?: number;
  /** An output to go on with (see `beginOutput`). Default: begins anew. */
  output?: Unfinished;
}

const FOLDER = 'faces';

/**
 * Writes encoded faces into a folder of shards: NAME/NAME-000000.faces, NAME/NAME-000001.faces, ...
 *
 * In plain words: files that open at once, give any image at once, and find any bit that has changed.
 * The folder appears whole, when the last face is written; until then everything lies beside it in NAME.unfinished.
 *
 * ```ts
 * await run(graph('copy').source('faces', imageFolder('faces')).sink('shards', toShards('train')));
 * ```
 *
 * A face that comes with `damage`, or with an image of no bytes, is left out, as a fault.
 *
 * @param path the folder; nothing may be there
 * @return a sink of samples with `bytes`; throws OptionError for options out of range, FileError where the disk refuses
 */
export function toShards(path: string, options: ShardsOptions = {}): Sink<Sample> {
  const { classes, shardBytes = 128 * 2 ** 20, shardRecords = Infinity } = options;
  if (!(shardBytes >= 1)) throw new OptionError('toShards', 'shardBytes', 'at least 1', shardBytes);
  if (!(shardRecords >= 1)) throw new OptionError('toShards', 'shardRecords', 'at least 1', shardRecords);
  let output: Unfinished;
  let name = '';
  let number = 0;
  let file: Growing | undefined;
  let columns = noColumns();
  let classCount = 0;
  const shardName = (): string => `${name}-${String(number).padStart(6, '0')}.faces`;
  const seal = async (last: boolean): Promise<void> => {
    if (file === undefined) return;
    const index = { ...columns, labels: Int32Array.from(columns.labels), classes: classCount, last };
    await file.append(encodeFacesEnd(index, file.bytes));
    await file.sync();
    await file.close();
    file = undefined;
    columns = noColumns();
    number += 1;
  };
  return recordSink(path, options.output, {
    async begin(begun) {
      output = begun;
      name = basename(output.path);
      const { shards = 0, open: bytes = 0, classes: before = 0 } = output.standing.figures;
      number = shards;
      classCount = Math.max(before, classes?.length ?? 0);
      columns = noColumns();
      await makeFolder(output.at(FOLDER));
      for (const later of await list(output.at(FOLDER))) if (later.name > shardName()) await remove(later.path);
      const here = join(FOLDER, shardName());
      if (bytes > 0) columns = await columnsOf(output.at(here), bytes);
      file = bytes > 0 ? await output.grow(here, bytes) : undefined;
    },
    async write(sample) {
      const face = faceOf(sample, classes);
      const record = encodeFace(face);
      if (file && (file.bytes + record.length > shardBytes || columns.keys.length >= shardRecords)) await seal(false);
      if (file === undefined) {
        file = await output.grow(join(FOLDER, shardName()), 0);
        await file.append(facesHead());
      }
      enter(columns, face, file.bytes);
      classCount = Math.max(classCount, face.label + 1);
      await file.append(record);
    },
    async sync() {
      await file?.sync();
      return { shards: number, open: file?.bytes ?? 0, classes: classCount };
    },
    async end() {
      await seal(true);
      return [[FOLDER, name]];
    },
    async close() {
      await file?.close();
      file = undefined;
    },
  });
}

function faceOf(sample: Sample & { bytes: Uint8Array }, classes: readonly string[] | undefined): FaceRecord {
  const { id, label, bytes, points, pointsMissing, variation } = sample;
  const person = classes?.[label];
  return {
    key: id,
    label,
    ...(person !== undefined && person !== String(label) && { person }),
    bytes,
    ...(points && { points }),
    ...(pointsMissing && { pointsMissing }),
    ...(variation && { variation: variation as Record<string, number> }),
  };
}

/** The index of a shard in the making. */
interface Columns {
  offsets: number[];
  keys: string[];
  labels: number[];
  people: Map<number, string>;
  pointsMissing: number;
}

function noColumns(): Columns {
  return { offsets: [], keys: [], labels: [], people: new Map(), pointsMissing: 0 };
}

function enter(columns: Columns, { key, label, person, pointsMissing }: FaceRecord, offset: number): void {
  columns.offsets.push(offset);
  columns.keys.push(key);
  columns.labels.push(label);
  if (person !== undefined) columns.people.set(label, person);
  if (pointsMissing) columns.pointsMissing += 1;
}

/** The columns of the first `bytes` bytes of a shard that was cut short; its records hold all of them. */
async function columnsOf(path: string, bytes: number): Promise<Columns> {
  const columns = noColumns();
  const shard = await open(path);
  try {
    const window = windowOver(shard);
    for (let at = facesHead().length; at < bytes;) {
      const size = faceLength(await window(at, FACE_HEAD_BYTES)) ?? FACE_HEAD_BYTES;
      const face = decodeFace(await window(at, size));
      if (typeof face === 'string') throw new FormatError(path, at, 'a record written before', face);
      enter(columns, face, at);
      at += size;
    }
  } finally {
    await shard.close();
  }
  return columns;
}
