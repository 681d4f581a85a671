import { ELEMENT_BYTES, readElements, sizeOf } from '../pipeline/bytes/elements.ts';
import { readNpyHead, type NpyHead } from '../pipeline/bytes/npy.ts';
import type { Source } from '../pipeline/contracts.ts';
import { FormatError, OptionError } from '../pipeline/errors.ts';
import { open, type ReadHandle } from '../pipeline/files/read.ts';
import type { EmbeddingRows } from '../pipeline/items.ts';

export interface EmbeddingRowsOptions {
  /** Takes only the first so many rows. Default: all. */
  rows?: number;
  /** Of [N, 2, D]: 'on' adds the second embedding, that of the mirrored image, to the first; 'off' leaves it out. Default: 'on' where there are two. */
  flip?: 'on' | 'off';
  /** Rows of an item. Default 512. */
  block?: number;
}

/** What lies in a file of embeddings. */
export interface StoredEmbeddings extends Source<EmbeddingRows> {
  /** Items. */
  readonly length: number;
  readonly rows: number;
  readonly dimension: number;
}

/**
 * Opens the embeddings of a .npy file, [N, D] or [N, 2, D] of float16, 32 or 64: read block by block, never held together.
 *
 * ```ts
 * const stored = await embeddingRows('embeddings.npy');
 * for await (const [block] of stored) console.log(block!.values.length / stored.dimension);
 * ```
 *
 * Sums are taken, and given out, in float64.
 *
 * @throws FileError; FormatError for a file that holds something else, or fewer rows than `rows`; OptionError for `flip: 'on'`
 * where there is one embedding a row
 */
export async function embeddingRows(
  path: string,
  { rows, flip, block = 512 }: EmbeddingRowsOptions = {},
): Promise<StoredEmbeddings> {
  const { head, stored, dimension, each } = await readHead(path);
  if (flip === 'on' && each === 1)
    throw new OptionError('embeddings', 'flip', `'off' for [N, D]: ${path} holds one embedding a row`, flip);
  const count = rows ?? stored;
  if (count > stored) throw new FormatError(path, undefined, `at least ${count} rows`, `${stored}`);
  const width = each * dimension;
  const rowBytes = width * ELEMENT_BYTES[head.type];
  const sum = each === 2 && flip !== 'off';

  const read = async (file: ReadHandle, from: number): Promise<EmbeddingRows> => {
    const length = Math.min(block, count - from);
    const offset = head.start + from * rowBytes;
    const data = readElements(head.type, await file.readAt(offset, length * rowBytes), path, offset);
    const values = new Float64Array(length * dimension);
    for (let row = 0; row < length; row++) {
      const [to, at] = [row * dimension, row * width];
      // Loops: callbacks take several times as long.
      if (sum) for (let d = 0; d < dimension; d++) values[to + d] = data[at + d]! + data[at + dimension + d]!;
      else for (let d = 0; d < dimension; d++) values[to + d] = data[at + d]!;
    }
    return { values, dimension, keys: Array.from({ length }, (_, i) => ({ index: from + i })) };
  };
  return {
    name: path,
    length: Math.ceil(count / block),
    rows: count,
    dimension,
    async *[Symbol.asyncIterator]() {
      const file = await open(path);
      try {
        for (let from = 0; from < count; from += block) yield [await read(file, from)];
      } finally {
        await file.close();
      }
    },
  };
}

/** Enough for every head that NumPy writes of such arrays. */
const HEAD_BYTES = 4096;

async function readHead(path: string): Promise<{ head: NpyHead; stored: number; dimension: number; each: 1 | 2 }> {
  const file = await open(path);
  try {
    const head = readNpyHead(await file.readAt(0, HEAD_BYTES), path);
    const { shape, type, start } = head;
    const [stored = 0, second = 0, third] = shape;
    if (!['f2', 'f4', 'f8'].includes(type)) throw new FormatError(path, start, 'float16, 32 or 64', type);
    if (shape.length !== 2 && !(shape.length === 3 && second === 2))
      throw new FormatError(path, start, 'embeddings [N, D] or [N, 2, D]', `[${shape.join(', ')}]`);
    const expected = start + sizeOf(shape) * ELEMENT_BYTES[type];
    if (file.bytes !== expected) throw new FormatError(path, undefined, `${expected} bytes`, `${file.bytes}`);
    return { head, stored, dimension: third ?? second, each: third === undefined ? 1 : 2 };
  } finally {
    await file.close();
  }
}
