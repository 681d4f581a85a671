import { readStream } from '../pipeline/files/read.ts';
import { integerLines } from './parse/integerLines.ts';

/**
 * The lines of a file of whole numbers, `columns` to a line, in pieces of any number of lines, flat.
 *
 * ```ts
 * for await (const trials of integerTable('ijbc_template_pair_label.txt', 3)) console.log(trials.length / 3);
 * ```
 *
 * @throws FileError, or FormatError with the byte offset of what is wrong
 */
export async function* integerTable(path: string, columns: number): AsyncGenerator<Int32Array> {
  const lines = integerLines(columns, path);
  for await (const bytes of readStream(path, { chunkBytes: 1 << 20 })) yield lines.push(bytes as Uint8Array);
  yield lines.end();
}
