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
    const line = i + 1;
    const same = i % (2 * n) < n;
    const [name, first, ...rest] = fields(line);
    const [other, second] = same ? [name, rest[0]] : rest;
    if (rest.length !== (same ? 1 : 2) || !isCount(Number(first)) || !isCount(Number(second))) {
      throw wrong(line, same ? "'name<TAB>image<TAB>image'" : "'name<TAB>image<TAB>name<TAB>image'");
    }
    pairs.push({ a: image(name!, first!), b: image(other!, second!), same });
  }
  const extra = lines.findIndex((line, i) => i > 2 * folds * n && line.trim() !== '');
  if (extra >= 0) throw wrong(extra, `the end after ${2 * folds * n} pairs`);
  return { name: 'lfw', pairs, folds };
}

function image(name: string, number: string): string {
  return `${name}/${name}_${number.padStart(4, '0')}`;
}

function isCount(x: number | undefined): x is number {
  return Number.isInteger(x) && x! > 0;
}
