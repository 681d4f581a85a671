import { map } from 'rxjs';
import type { FaceDetector } from 'rxface/operators';
import { FormatError, graph, OptionError, run, showRun, workers, type Fault, type Progress, type Sample } from 'rxface';
import { beginOutput, toRecordIO, toShards, type Unfinished } from 'rxface/sinks';
import type { IndexedSource } from 'rxface/sources';
import { withoutStage } from '../describe.ts';
import { fingerprint } from './fingerprint.ts';
import { counted, found as foundFaces, lookedAt, type Looked } from './lookedAt.ts';

export interface ConvertOptions {
  /** NAME.rec for RecordIO with NAME.idx and `property` beside it; anything else is a folder of shards. */
  out: string;
  /** Side in pixels to which faces are aligned where they have landmarks, else resized. Default: as they are. */
  size?: number;
  /** Of the JPEG, 1 to 100. Default: bytes are passed on as they are, or 95 with `size`. */
  quality?: number;
  /** Threads that encode; the bytes do not depend on it. Default 2. */
  threads?: number;
  /** Finds the face in each photograph: landmarks to keep, and with `size` to align by. */
  detector?: FaceDetector | undefined;
  /** What else tells this conversion from another, as plain data: only the same is gone on with. */
  origin?: Readonly<Record<string, unknown>>;
  signal?: AbortSignal;
  progress?: Progress;
}

export interface ConvertResult {
  out: string;
  records: number;
  /** People with at least one record. */
  people: number;
  /** Of the encoded images together. */
  bytes: number;
  /** Files of records. */
  shards: number;
  seconds: number;
  /** Of this call: what an earlier one had written does not count. */
  recordsPerSecond: number;
  /** What was wrong with the source; each record that could not be used was left out. */
  faults: Omit<Fault, 'stage'>[];
  /** Of this call, with `size`: images that were resized, not aligned, and the first of them. */
  notAligned: Looked;
}

/**
 * Writes the faces of an open source anew, as shards or as RecordIO; closes the source.
 *
 * Without `size` and `quality` the bytes of every image stay what they are. Cut short at any moment, the same call goes on
 * where it was; until the last record is written nothing has the name `out`. A record that cannot be used is left out and
 * reported: in a set of faces a substitute would be a lie.
 *
 * @throws OptionError where `out` is taken or was begun from something else, or has no place for the landmarks
 */
export async function convert(faces: IndexedSource, options: ConvertOptions): Promise<ConvertResult> {
  try {
    return await convertOpen(faces, options);
  } finally {
    options.progress?.end();
    await faces.close();
  }
}

async function convertOpen(faces: IndexedSource, options: ConvertOptions): Promise<ConvertResult> {
  const { out, size, quality, detector, signal, progress } = options;
  const isRecordIO = out.endsWith('.rec');
  if (isRecordIO) await checkForRecordIO(faces, size, detector !== undefined);
  const total = faces.length!;
  const labels = faces.labels;
  const found = (faces.faults ?? []).map(withoutStage);
  const output = await beginOutput(out, {
    source: fingerprint(faces),
    size,
    quality,
    ...(detector && { detector: detector.sha256 }),
    ...options.origin,
  });
  const looked: Looked = { count: 0 };
  const before = output.standing.records;
  const from = output.standing.position;
  try {
    const report = output.whole
      ? undefined
      : await run(graphOf(faces, output, { ...options, looked }, isRecordIO), {
          ...(signal && { signal }),
          onProgress: showRun(progress, { unit: 'records', total, from }),
        });
    const { records, bytes, faults, figures } = output.standing;
    const seconds = report?.seconds ?? 0;
    return {
      out,
      records,
      people: peopleIn(labels, faults),
      bytes,
      shards: isRecordIO ? 1 : figures['shards']!,
      seconds,
      recordsPerSecond: seconds > 0 ? (records - before) / seconds : 0,
      faults: [...found, ...faults],
      notAligned: looked,
    };
  } finally {
    await output.close();
  }
}

function graphOf(
  faces: IndexedSource,
  output: Unfinished,
  options: ConvertOptions & { looked: Looked },
  isRecordIO: boolean,
) {
  const { size, quality, threads = 2, detector, looked } = options;
  const { classes = [] } = faces;
  const from = { epoch: 0, position: output.standing.position };
  // Photographs can have megabytes each: the links count them too.
  const read = graph('convert').source('faces', faces, { from, capacity: 128, bytes: 2 ** 26 });
  const source = foundFaces(read, detector);
  const sink = isRecordIO
    ? toRecordIO(output.path, { classes: classes.length, output })
    : toShards(output.path, { classes, output });
  if (size === undefined && quality === undefined) return source.sink('out', sink);
  const work = { threads, ...(size && { size: [size, size] }), ...(quality && { quality }) };
  const watched =
    size === undefined
      ? source
      : source.pipe('look', lookedAt([size, size], counted(looked)), { capacity: 64, bytes: 2 ** 26 });
  const encoded = watched.pipe('reencode', workers<Sample>('rxface/operators/reencode', work), {
    capacity: 32 * Math.max(1, threads),
  });
  if (!isRecordIO) return encoded.sink('out', sink);
  return encoded.pipe('dropPoints', map(withoutPoints)).sink('out', sink);
}

/** They have done their work: the face is aligned. */
function withoutPoints(sample: Sample): Sample {
  const { points: _, ...rest } = sample;
  return rest;
}

/** A .rec has a place for labels and images only. */
async function checkForRecordIO(faces: IndexedSource, size: number | undefined, detecting: boolean): Promise<void> {
  const stray = faces.labels.indexOf(-1);
  if (stray >= 0) {
    const { file, offset } = faces.place(stray);
    throw new FormatError(file, offset, 'every face of somebody: a .rec has no label for nobody', faces.id(stray));
  }
  if (size !== undefined) return;
  const some = await faces.read(Int32Array.from({ length: Math.min(16, faces.length!) }, (_, i) => i));
  if (detecting || some.some(({ points }) => points !== undefined)) {
    const expected =
      'given (--size 112): the faces have landmarks, for which a .rec has no place, and are aligned on the way';
    throw new OptionError('convert', 'size', expected, 'none');
  }
}

function peopleIn(labels: Int32Array, leftOut: readonly Pick<Fault, 'index'>[]): number {
  const gone = new Set(leftOut.map(({ index }) => index));
  return new Set(labels.filter((label, i) => label >= 0 && !gone.has(i))).size;
}
