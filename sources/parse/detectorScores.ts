import { FormatError } from '../../pipeline/errors.ts';

/** What a list of image names says of each image: the name, where the face is, and how sure the detector was of it. */
export interface NamedScores {
  names: string[];
  /** [names, 10] x, y of the five landmarks in pixels of the image. */
  points: Float32Array;
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
  const points = new Float32Array(10 * lines.length);
  const scores = Float64Array.from(lines, (line, i) => {
    const [name = '', ...fields] = line.trim().split(/\s+/);
    const numbers = fields.map(Number);
    if (numbers.length !== 11 || !numbers.every(Number.isFinite))
      throw new FormatError(file, undefined, `a name, ten coordinates and a score in line ${i + 1}`, line.trim());
    names.push(name);
    points.set(numbers.slice(0, 10), 10 * i);
    return numbers[10]!;
  });
  return { names, points, scores };
}
