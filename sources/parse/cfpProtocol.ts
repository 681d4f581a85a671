import { FormatError } from '../../pipeline/errors.ts';
import type { PairProtocol } from '../../pipeline/items.ts';

/** Frontal against frontal, or frontal against profile. */
export type CfpSubset = 'ff' | 'fp';

const FOLDS = 10;
const list = (kind: 'F' | 'P'): string => `Protocol/Pair_list_${kind}.txt`;
const split = (subset: CfpSubset, fold: number, kind: 'same' | 'diff'): string =>
  `Protocol/Split/${subset.toUpperCase()}/${String(fold).padStart(2, '0')}/${kind}.txt`;

/** Paths of the files that a subset's pairs come from. */
export function cfpFiles(subset: CfpSubset): string[] {
  const folds = Array.from({ length: FOLDS }, (_, i) => i + 1);
  return [
    list('F'),
    ...(subset === 'fp' ? [list('P')] : []),
    ...folds.flatMap((fold) => [split(subset, fold, 'same'), split(subset, fold, 'diff')]),
  ];
}

/**
 * The CFP protocol's lists and splits as pairs: ten folds, in each the same-person pairs and then the different ones.
 *
 * `Protocol/Pair_list_F.txt` and `Pair_list_P.txt` number the images (`1 ../Data/Images/001/frontal/01.jpg`);
 * `Protocol/Split/FF|FP/01..10/same.txt|diff.txt` hold one pair of numbers a line, `a,b`; in FP a is frontal, b profile.
 * Images are named from the person's folder on, without extension: '001/frontal/01'.
 *
 * @param read content of a file of the protocol by its path, e.g. 'Protocol/Pair_list_F.txt'; throws where there is none
 * @throws FormatError naming file, byte offset and line
 */
export function parseCfpProtocol(read: (path: string) => string, subset: CfpSubset): PairProtocol {
  const lists = { F: images(read, 'F'), P: subset === 'fp' ? images(read, 'P') : new Map<number, string>() };
  const pairs: PairProtocol['pairs'] = [];
  let size: number | undefined;
  for (let fold = 1; fold <= FOLDS; fold++) {
    const before = pairs.length;
    for (const kind of ['same', 'diff'] as const) {
      const file = split(subset, fold, kind);
      for (const { text, offset, line } of lines(read(file))) {
        const [a, b] = /^(\d+),(\d+)$/.exec(text)?.slice(1).map(Number) ?? [];
        const first = lists.F.get(a!);
        const second = lists[subset === 'ff' ? 'F' : 'P'].get(b!);
        if (!first || !second) {
          throw new FormatError(file, offset, `'a,b', two numbers of the pair lists (line ${line})`, text);
        }
        pairs.push({ a: first, b: second, same: kind === 'same' });
      }
      // Folds are cut by number of pairs, so they must be as long as each other.
      if (kind === 'diff' && (size ??= pairs.length - before) !== pairs.length - before) {
        throw new FormatError(file, undefined, `${size} pairs a fold, as in the first`, pairs.length - before);
      }
    }
  }
  return { name: `cfp-${subset}`, pairs, folds: FOLDS };
}

function images(read: (path: string) => string, kind: 'F' | 'P'): Map<number, string> {
  const file = list(kind);
  const names = new Map<number, string>();
  for (const { text, offset, line } of lines(read(file))) {
    const match = /^(\d+)\s+(?:\S*\/)?([^/\s]+\/[^/\s]+\/[^/\s.]+)\.\w+$/.exec(text);
    if (!match) throw new FormatError(file, offset, `'number .../person/kind/image.jpg' (line ${line})`, text);
    names.set(Number(match[1]), match[2]!);
  }
  return names;
}

function* lines(content: string): Generator<{ text: string; offset: number; line: number }> {
  let offset = 0;
  let line = 0;
  for (const raw of content.split('\n')) {
    line++;
    const text = raw.trim();
    if (text !== '') yield { text, offset, line };
    offset += Buffer.byteLength(raw) + 1;
  }
}
