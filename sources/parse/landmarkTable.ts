import { columnsOf, parseCsv } from '../../pipeline/bytes/csv.ts';
import { FormatError } from '../../pipeline/errors.ts';

/** Columns of a landmark table, in the order of Sample.points: left and right as they lie in the image. */
export const LANDMARK_COLUMNS = ['eyeL', 'eyeR', 'nose', 'mouthL', 'mouthR'].flatMap((point) => [
  `${point}_x`,
  `${point}_y`,
]);

/**
 * Reads a table of five landmarks per image, in pixels of that image. Its columns are found by their names
 * (`image` and those above); others may stand between them.
 *
 * @return by image: 10 numbers x,y; undefined for a row whose landmarks are blank, where no face was found
 * @throws FormatError a column that is missing, a value that is no number
 */
export function parseLandmarkTable(bytes: Uint8Array, file: string): Map<string, Float32Array | undefined> {
  const table = parseCsv(bytes, file);
  const [image = 0, ...places] = columnsOf(table, ['image', ...LANDMARK_COLUMNS], file);
  return new Map(
    table.rows.map((row) => {
      const name = row[image]!;
      const texts = places.map((place) => row[place]!);
      if (texts.every((text) => text === '')) return [name, undefined];
      const wrong = texts.findIndex((text) => text === '' || !Number.isFinite(Number(text)));
      if (wrong >= 0)
        throw new FormatError(file, undefined, `a number for ${LANDMARK_COLUMNS[wrong]} of '${name}'`, texts[wrong]);
      return [name, Float32Array.from(texts, Number)];
    }),
  );
}
