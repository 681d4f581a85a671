import { FormatError } from '../../pipeline/errors.ts';

/** What a list of image names says of each image: the name, and how sure the detector was of the face. */
export interface NamedScores {
  names: string[];
  scores: Float64Array;
}

/**
 * IJB's list of names: per line a name, ten coordinates of five points and the detector's score.
 *
 * @param text the file's content
 * @param file its name, for errors
 * @throws FormatError naming the line that is wrong
 */
export function parseDetectorScores(text: string, file: string): NamedScores {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const names: string[] = [];
  const scores = Float64Array.from(lines, (line, i) => {
    const fields = line.trim().split(/\s+/);
    const score = Number(fields.at(-1));
    if (fields.length !== 12 || !Number.isFinite(score))
      throw new FormatError(file, undefined, `a name, ten coordinates and a score in line ${i + 1}`, line.trim());
    names.push(fields[0]!);
    return score;
  });
  return { names, scores };
}
