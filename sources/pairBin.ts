import { basename } from 'node:path';
import { readFile } from '../pipeline/files/read.ts';
import type { PairProtocol } from '../pipeline/items.ts';
import { indexed, type IndexedSource } from './indexed.ts';
import { parsePairBin } from './parse/pairBin.ts';

/** The images of a .bin, and which pairs of them show one person. */
export interface PairBinSource extends IndexedSource {
  /** Pair p is of images 2p and 2p + 1, in ten folds. Opens the file. */
  protocol(): Promise<PairProtocol>;
}

const FOLDS = 10;

/** Whether a source is one of pairs. */
export function isPairBin(source: IndexedSource): source is PairBinSource {
  return 'protocol' in source;
}

/**
 * The images of insightface's .bin files, by number; whose they are the file does not say, only which pairs are of one person.
 *
 * ```ts
 * const lfw = pairBin('lfw.bin');
 * const { pairs } = await lfw.protocol(); // [{ a: '0', b: '1', same: true }, ...]
 * ```
 *
 * @throws FileError, FormatError for a file that is no such pickle
 */
export function pairBin(path: string): PairBinSource {
  let same: Uint8Array = new Uint8Array();
  const source = indexed(`pairs ${basename(path)}`, [], async () => {
    const bytes = await readFile(path);
    const found = parsePairBin(bytes, path);
    const { images } = found;
    same = found.same;
    return {
      classes: [],
      labels: new Int32Array(images.length).fill(-1),
      faults: [],
      id: (i) => String(i),
      place: (i) => {
        const { buffer, byteOffset } = images[i]!;
        return { file: path, ...(buffer === bytes.buffer && { offset: byteOffset - bytes.byteOffset }) };
      },
      // Copies: the bytes may be handed to another thread whole.
      read: async (at) => Array.from(at, (i) => ({ bytes: new Uint8Array(images[i]!) })),
    };
  });
  const protocol = async (): Promise<PairProtocol> => {
    await source.open();
    const pairs = Array.from(same, (one, p) => ({ a: String(2 * p), b: String(2 * p + 1), same: one === 1 }));
    return { name: basename(path).replace(/\.bin$/, ''), pairs, folds: FOLDS };
  };
  return Object.assign(source, { protocol });
}
