import { basename, dirname, join } from 'node:path';
import { imageSize } from '../pipeline/bytes/imageSize.ts';
import { encodeRecord } from '../pipeline/bytes/recordio.ts';
import type { Sink } from '../pipeline/contracts.ts';
import { FileError, FormatError, OptionError, RxfaceError } from '../pipeline/errors.ts';
import { exists } from '../pipeline/files/read.ts';
import { writeFile } from '../pipeline/files/write.ts';
import type { Sample } from '../pipeline/items.ts';
import { type EncodedSample, recordSink } from './recordSink.ts';
import type { Growing, Unfinished } from './unfinished.ts';

export interface RecordIOOptions {
  /** Classes there are. Default: as many as occur, the highest label and one. */
  classes?: number;
  /** An output to go on with (see `beginOutput`). Default: begins anew. */
  output?: Unfinished;
}

// Labels are float32: whole numbers up to here are exact.
const MOST_CLASSES = 2 ** 24;
const HEADER_BYTES = 24;
const REC = 'rec';
const IDX = 'idx';
const PROPERTY = 'property';

/**
 * Writes encoded faces as MXNet RecordIO: NAME.rec, NAME.idx beside it, and insightface's `property` (classes,height,width).
 *
 * In plain words: the sequential layout, which insightface's and MXNet's readers take: record 0 is an image, record i is
 * at line i of the .idx. The three files appear when the last face is written; until then they lie in NAME.rec.unfinished.
 * Layout: dmlc-core src/recordio.cc, mxnet python/mxnet/recordio.py (IRHeader: flag 0, label, id, id2 0).
 *
 * ```ts
 * await run(graph('copy').source('faces', imageFolder('faces')).sink('records', toRecordIO('train.rec')));
 * ```
 *
 * A .rec has no place for landmarks, names of people and variation labels: a face with landmarks is refused, names and
 * variation labels stay behind. A face that comes with `damage`, or with an image of no bytes, is left out, as a fault.
 *
 * @param path NAME.rec; nothing may be there
 * @return a sink of samples with `bytes`; throws OptionError for 2^24 classes or more, FormatError for a face of nobody,
 *   RxfaceError for one with landmarks, FileError where the disk refuses
 */
export function toRecordIO(path: string, options: RecordIOOptions = {}): Sink<Sample> {
  const { classes = 0 } = options;
  if (!(classes >= 0 && classes <= MOST_CLASSES))
    throw new OptionError('toRecordIO', 'classes', `at most ${MOST_CLASSES}: labels are float32`, classes);
  const idxName = `${basename(path).replace(/\.rec$/, '')}.idx`;
  let output: Unfinished;
  let rec: Growing;
  let idx: Growing;
  let records = 0;
  let classCount = 0;
  let size = { height: 0, width: 0 };
  return recordSink(path, options.output, {
    async begin(begun) {
      output = begun;
      for (const name of [PROPERTY, idxName]) {
        const there = join(dirname(path), name);
        if (await exists(there)) throw new FileError(there, 'it belongs to other records: choose another folder');
      }
      const { figures, records: before } = output.standing;
      records = before;
      classCount = Math.max(classes, figures['classes'] ?? 0);
      size = { height: figures['height'] ?? 0, width: figures['width'] ?? 0 };
      rec = await output.grow(REC, figures[REC] ?? 0);
      idx = await output.grow(IDX, figures[IDX] ?? 0);
    },
    async write(sample) {
      check(sample);
      if (records === 0) size = imageSize(sample.bytes) ?? size;
      await idx.append(new TextEncoder().encode(`${records}\t${rec.bytes}\n`));
      await rec.append(encodeRecord(payloadOf(sample, records)));
      classCount = Math.max(classCount, sample.label + 1);
      records += 1;
    },
    async sync() {
      await rec.sync();
      await idx.sync();
      return { [REC]: rec.bytes, [IDX]: idx.bytes, classes: classCount, ...size };
    },
    async end() {
      const property = `${classCount},${size.height},${size.width}\n`;
      await writeFile(output.at(PROPERTY), property);
      // The .rec last: whoever finds it finds the others.
      return [[PROPERTY, PROPERTY], [IDX, idxName], [REC, basename(path)]]; // prettier-ignore
    },
    async close() {
      await rec?.close();
      await idx?.close();
    },
  });
}

function check({ id, label, points }: EncodedSample): void {
  if (points !== undefined) {
    throw new RxfaceError(
      `'${id}' has landmarks, for which a .rec has no place: align on the way (convert --size 112), or write shards`,
    );
  }
  if (label < 0) throw new FormatError(id, undefined, 'a face of somebody: a .rec has no label for nobody', label);
  if (label >= MOST_CLASSES)
    throw new FormatError(id, undefined, `a label below ${MOST_CLASSES}, as float32 holds them`, label);
}

/** The 24-byte header (flag u32, label f32, id u64, id2 u64) and the image. */
function payloadOf({ label, bytes }: EncodedSample, id: number): Uint8Array {
  const payload = new Uint8Array(HEADER_BYTES + bytes.length);
  const view = new DataView(payload.buffer);
  view.setFloat32(4, label, true);
  view.setBigUint64(8, BigInt(id), true);
  payload.set(bytes, HEADER_BYTES);
  return payload;
}
