import { parseCsv } from '../pipeline/bytes/csv.ts';
import { gunzip } from '../pipeline/bytes/gzip.ts';
import { FormatError } from '../pipeline/errors.ts';
import { readFile } from '../pipeline/files/read.ts';

/**
 * The person of each template in a gallery or probe list of IJB 1:N: a header, then templateId, subjectId and other columns, a line for
 * each image. Templates ascend; what the first line of a template says counts.
 *
 * ```ts
 * const gallery = await templatePeople('ijbc_1N_gallery_G1.csv');
 * ```
 *
 * @throws FileError, FormatError for a line that does not begin with two whole numbers
 */
export async function templatePeople(path: string): Promise<Map<number, number>> {
  const { rows } = parseCsv(gunzip(await readFile(path), path), path);
  const people = new Map<number, number>();
  for (const [i, [template = '', subject = '']] of rows.entries()) {
    if (!/^\d+$/.test(template) || !/^\d+$/.test(subject))
      throw new FormatError(path, undefined, `a template and a subject in row ${i + 1}`, `${template},${subject}`);
    if (!people.has(Number(template))) people.set(Number(template), Number(subject));
  }
  return new Map([...people].toSorted(([a], [b]) => a - b));
}
