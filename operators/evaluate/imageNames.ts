import { RxfaceError } from '../../pipeline/errors.ts';
import type { PairProtocol } from '../../pipeline/items.ts';

/** The images a protocol names, each with its row, and which of them a sample's id means. */
export interface ImageNames {
  /** Distinct names in the order of their first mention. */
  readonly names: readonly string[];
  /** Row of the image that a record's id means, or -1 if the protocol names no such image. */
  rowOf(id: string): number;
  /** @throws RxfaceError where a row has not been seen: how many are missing, and the first by name */
  demand(seen: (row: number) => boolean): void;
}

/**
 * Finds a protocol's images by the ids of records: the last folders of the id count and its extension does not.
 *
 * In plain words: 'lfw/Ann/Ann_0001.jpg', './Ann/Ann_0001.png' and 'Ann/Ann_0001' all mean the protocol's 'Ann/Ann_0001'.
 *
 * @param protocol its names carry no extension and all have the same number of parts
 * @throws RxfaceError for a protocol without pairs
 */
export function imageNames(protocol: PairProtocol): ImageNames {
  const rows = new Map<string, number>();
  for (const { a, b } of protocol.pairs) {
    if (!rows.has(a)) rows.set(a, rows.size);
    if (!rows.has(b)) rows.set(b, rows.size);
  }
  const names = [...rows.keys()];
  if (names.length === 0) throw new RxfaceError(`protocol '${protocol.name}' has no pairs`);
  const parts = names[0]!.split('/').length;
  return {
    names,
    rowOf: (id) =>
      rows.get(
        id
          .replace(/\.(jpe?g|png|webp|bmp)$/i, '')
          .split('/')
          .slice(-parts)
          .join('/'),
      ) ?? -1,
    demand(seen) {
      const missing = names.filter((_, row) => !seen(row));
      if (missing.length === 0) return;
      throw new RxfaceError(
        `protocol '${protocol.name}': ${missing.length} of its ${names.length} images are missing, the first is '${missing[0]}'`,
      );
    },
  };
}
