import { decodeNpy } from '../pipeline/bytes/npy.ts';
import { FormatError } from '../pipeline/errors.ts';
import { readFile } from '../pipeline/files/read.ts';

/**
 * Whether each pair shows one person: a .npy file of booleans or whole numbers, or a text with 0, 1, True or False a line.
 *
 * ```ts
 * const same = await sameList('lfw_list.npy');
 * ```
 *
 * @throws FileError, FormatError for anything else
 */
export async function sameList(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  const values =
    bytes[0] === 0x93
      ? Array.from(decodeNpy(bytes, path).data, String)
      : new TextDecoder().decode(bytes).split(/\s+/).filter(Boolean);
  return Uint8Array.from(values, (value, i) => {
    const same = ['0', 'false', '1', 'true'].indexOf(value.toLowerCase());
    if (same < 0) throw new FormatError(path, undefined, `0, 1, True or False for pair ${i + 1}`, value);
    return same >> 1;
  });
}
