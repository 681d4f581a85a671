import { createHash } from 'node:crypto';
import { quantile } from '../../operators/maths/quantile.ts';
import type { IndexedSource } from '../../sources/indexed.ts';
import { isPairBin } from '../../sources/pairBin.ts';
import { imageSize } from '../bytes/imageSize.ts';
import type { Fault } from '../contracts.ts';
import { withoutStage } from '../describe.ts';

/** Most images on a sheet. */
export const ON_SHEET = 100;

/** Images per person, over the people who have any. Quartiles interpolate linearly. */
export interface PerClass {
  min: number;
  q1: number;
  median: number;
  q3: number;
  max: number;
}

/** One image as it was read. `key` is the number of a record, else the path. */
export interface InspectedRecord {
  key: string | number;
  label: number;
  bytes: number;
  /** Of the encoded image. */
  sha256: string;
}

/** What is in a source. */
export interface Inspection {
  count: number;
  /** People with at least one image. */
  classes: number;
  perClass: PerClass;
  /** Of all encoded images together. */
  bytes: number;
  faults: Omit<Fault, 'stage'>[];
  /** Images by 'width x height', most frequent first. */
  sizes: [string, number][];
  /** Names of images that are in nobody's folder. */
  nobody: string[];
  /** Images that a landmark table has no points for. */
  pointsMissing: number;
  records?: InspectedRecord[];
  /** With `records`, of a .bin: whether images 2p and 2p + 1 show one person. */
  issame?: boolean[];
}

/** Reads a source through once: every image's header, and with `records` the hash of every image. */
export async function inspection(source: IndexedSource, options: { records?: boolean } = {}): Promise<Inspection> {
  await source.open();
  const faults: Inspection['faults'] = (source.faults ?? []).map(withoutStage);
  const sizes = new Map<string, number>();
  const perLabel = new Map<number, number>();
  const records: InspectedRecord[] = [];
  const nobody: string[] = [];
  let bytes = 0;
  let pointsMissing = 0;
  for await (const chunk of source) {
    for (const { id, index, label, damage, bytes: image = new Uint8Array(), pointsMissing: missing } of chunk) {
      bytes += image.length;
      if (missing) pointsMissing += 1;
      if (label >= 0) perLabel.set(label, (perLabel.get(label) ?? 0) + 1);
      else nobody.push(id);
      const head = imageSize(image);
      const size = head && `${head.width} x ${head.height}`;
      const wrong = damage === undefined ? 'is no JPEG, PNG or WebP image' : `is damaged: ${damage}`;
      if (size === undefined) faults.push({ ...source.place(index), index, reason: `'${id}' ${wrong}` });
      else sizes.set(size, (sizes.get(size) ?? 0) + 1);
      if (options.records) records.push({ key: keyOf(id), label, bytes: image.length, sha256: sha256(image) });
    }
  }
  const counts = [...perLabel.values()];
  return {
    count: source.length ?? 0,
    classes: counts.length,
    perClass: perClassOf(counts),
    bytes,
    faults,
    sizes: [...sizes].toSorted((a, b) => b[1] - a[1]),
    nobody,
    pointsMissing,
    ...(options.records && { records }),
    ...(options.records && isPairBin(source) && { issame: (await source.protocol()).pairs.map(({ same }) => same) }),
  };
}

function perClassOf(counts: number[]): PerClass {
  const [min = 0, q1 = 0, median = 0, q3 = 0, max = 0] =
    counts.length === 0 ? [] : [0, 0.25, 0.5, 0.75, 1].map((share) => quantile(counts, share));
  return { min, q1, median, q3, max };
}

function keyOf(id: string): string | number {
  return /^\d+$/.test(id) ? Number(id) : id;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
