import { readText } from '../pipeline/files/read.ts';
import type { PairProtocol } from '../pipeline/items.ts';
import { parseLfwPairs, parsePairLines } from './parse/lfwPairs.ts';

/**
 * LFW's pairs from its pairs.txt: images named 'Abel_Pacheco/Abel_Pacheco_0004', without extension.
 *
 * ```ts
 * const { pairs, folds } = await lfw('pairs.txt'); // 6000 pairs in 10 folds
 * ```
 *
 * @throws FileError, or FormatError with the byte offset of the first line that is wrong
 */
export async function lfw(path: string): Promise<PairProtocol> {
  return parseLfwPairs(await readText(path), path);
}

/**
 * Pairs of a list in LFW's lines without its header, such as RFW has one for each group of people: images named as LFW's.
 *
 * ```ts
 * const { pairs } = await pairLines('African_pairs.txt', 'African'); // 6000 pairs in 10 folds
 * ```
 *
 * @param name of the protocol
 * @throws FileError, FormatError naming the line that is wrong
 */
export async function pairLines(path: string, name: string): Promise<PairProtocol> {
  return parsePairLines(await readText(path), path, name);
}
