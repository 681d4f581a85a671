import { FormatError } from '../../pipeline/errors.ts';
import type { PairProtocol } from '../../pipeline/items.ts';

/**
 * LFW's pairs.txt: a line `folds n`, then per fold n lines `name i j` (same person) and n lines `name1 i name2 j`.
 *
 * Images are named as LFW stores them, without extension: image 4 of Abel_Pacheco is 'Abel_Pacheco/Abel_Pacheco_0004'.
 *
 * @param text the file's content
 * @param file its name, for errors
 * @throws FormatError with the line's byte offset where a line or a count is wrong
 */
export function parseLfwPairs(text: string, file: string): PairProtocol {
  const lines = text.split('\n');
  let offset = 0;
  const starts = lines.map((line) => {
    const start = offset;
    offset += Buffer.byteLength(line) + 1;
    return start;
  });
  const wrong = (line: number, expected: string): FormatError =>
    new FormatError(file, starts[line], `${expected} (line ${line + 1})`, lines[line]?.trimEnd());
  const fields = (line: number): string[] => lines[line]?.trim().split(/\s+/) ?? [];

  const header = fields(0).map(Number);
  const [folds, n] = header;
  if (header.length !== 2 || !isCount(folds) || !isCount(n)) throw wrong(0, "a header 'folds<TAB>pairs per kind'");
  const pairs: PairProtocol['pairs'] = [];
  for (let i = 0; i < 2 * folds * n; i++) {
    const pair = pairOf(fields(i + 1));
    const same = i % (2 * n) < n;
    if (pair?.same !== same) throw wrong(i + 1, same ? SAME : DIFFERENT);
    pairs.push(pair);
  }
  const extra = lines.findIndex((line, i) => i > 2 * folds * n && line.trim() !== '');
  if (extra >= 0) throw wrong(extra, `the end after ${2 * folds * n} pairs`);
  return { name: 'lfw', pairs, folds };
}

/**
 * Pairs a line as in LFW's pairs.txt, of either kind in any order, without a header, in ten contiguous folds: the lists of RFW.
 *
 * @param name of the protocol
 * @throws FormatError naming the line that is no pair
 */
export function parsePairLines(text: string, file: string, name: string): PairProtocol {
  const lines = text.split('\n').map((line) => line.trim());
  const pairs = lines.flatMap((line, i) => {
    if (line === '') return [];
    const pair = pairOf(line.split(/\s+/));
    if (pair === undefined) throw new FormatError(file, undefined, `${SAME} or ${DIFFERENT} in line ${i + 1}`, line);
    return [pair];
  });
  return { name, pairs, folds: 10 };
}

const SAME = "'name<TAB>image<TAB>image'";
const DIFFERENT = "'name<TAB>image<TAB>name<TAB>image'";

/** Three fields are of one person, four of two. */
function pairOf(fields: readonly string[]): PairProtocol['pairs'][number] | undefined {
  const [name, first, ...rest] = fields;
  const same = rest.length === 1;
  const [other, second] = same ? [name, rest[0]] : rest;
  if ((!same && rest.length !== 2) || !isCount(Number(first)) || !isCount(Number(second))) return undefined;
  return { a: image(name!, first!), b: image(other!, second!), same };
}

function image(name: string, number: string): string {
  return `${name}/${name}_${number.padStart(4, '0')}`;
}

function isCount(x: number | undefined): x is number {
  return Number.isInteger(x) && x! > 0;
}
