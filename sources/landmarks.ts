import { gunzip } from '../pipeline/bytes/gzip.ts';
import { FormatError } from '../pipeline/errors.ts';
import { readFile } from '../pipeline/files/read.ts';
import { indexed, type IndexedSource } from './indexed.ts';
import { parseLandmarkTable } from './parse/landmarkTable.ts';

const NUMBERS = 10;

/**
 * A source whose images carry the five landmarks of a table, in pixels of the encoded image: `prepare` aligns with them.
 *
 * In plain words: an image whose row is blank or missing is marked `pointsMissing`; it is resized instead, and counted.
 *
 * ```ts
 * const faces = landmarks(imageFolder('faces'), 'landmarks.csv');
 * ```
 *
 * @param path table, plain or gzipped: `image` (the id), eyeL_x, eyeL_y, eyeR_x, ..., mouthR_y; found by these names
 * @throws FormatError a column missing, a value that is no number, or a table none of whose rows is an image here
 */
export function landmarks(source: IndexedSource, path: string): IndexedSource {
  return indexed(source.name, [source], async () => {
    const table = parseLandmarkTable(gunzip(await readFile(path), path), path);
    const { labels } = source;
    const points = new Float32Array(NUMBERS * labels.length).fill(NaN);
    let named = 0;
    let pointsMissing = 0;
    for (let i = 0; i < labels.length; i += 1) {
      const id = source.id(i);
      if (table.has(id)) named += 1;
      points.set(table.get(id) ?? [], NUMBERS * i);
      if (Number.isNaN(points[NUMBERS * i])) pointsMissing += 1;
    }
    if (named === 0) {
      const [first] = table.keys();
      throw new FormatError(
        path,
        undefined,
        `a row for an image like '${source.id(0)}'`,
        `${table.size} rows, '${first}'`,
      );
    }
    return {
      classes: source.classes ?? [],
      labels,
      pointsMissing,
      faults: source.faults ?? [],
      variation: source.variation,
      id: source.id,
      place: source.place,
      read: async (at) =>
        (await source.read(at)).map((sample) => {
          const here = points.slice(NUMBERS * sample.index, NUMBERS * (sample.index + 1));
          return Number.isNaN(here[0]) ? { ...sample, pointsMissing: true } : { ...sample, points: here };
        }),
    };
  });
}
