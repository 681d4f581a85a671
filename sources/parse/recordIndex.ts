import { FormatError } from '../../pipeline/errors.ts';

/** What an .idx says: the key of each record and where it begins in the .rec. In rising order of the keys. */
export interface RecordPlaces {
  keys: number[];
  offsets: number[];
}

/**
 * Reads an .idx: lines of `key<TAB>byteOffset`, in any order.
 *
 * @throws FormatError a line that is no two whole numbers, a key that comes twice
 */
export function parseRecordIndex(bytes: Uint8Array, file: string): RecordPlaces {
  const lines: { key: number; offset: number }[] = [];
  const decoder = new TextDecoder('latin1');
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    const line = decoder.decode(bytes.subarray(start, end)).trim();
    if (line !== '') {
      const found = /^(\d+)\s+(\d+)$/.exec(line);
      if (!found) throw new FormatError(file, start, 'a line of key, tab and byte offset', line);
      lines.push({ key: Number(found[1]), offset: Number(found[2]) });
    }
    start = end + 1;
  }
  lines.sort((a, b) => a.key - b.key);
  const twice = lines.findIndex(({ key }, i) => key === lines[i - 1]?.key);
  if (twice >= 0) throw new FormatError(file, undefined, 'every key once', lines[twice]!.key);
  return { keys: lines.map(({ key }) => key), offsets: lines.map(({ offset }) => offset) };
}
