/** One block of 512 bytes of a tar, read as the head of a member. */
export interface TarHeader {
  name: string;
  /** Bytes of the member's content; NaN where the field cannot be read. */
  size: number;
  /**
   * '0' file, '1' second name of a file, '2' symbolic link, '5' folder, 'L' long name and 'K' long link of the next
   * member, 'x' PAX records for it, 'g' PAX records for all, ...
   */
  type: string;
  /** Of '1' and '2': the name they stand for. */
  link: string;
}

export const TAR_BLOCK_BYTES = 512;

/** Bytes a member's content takes up, whole blocks. */
export function blocksOf(size: number): number {
  return Math.ceil(size / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
}

/** Reads a head; undefined where the block is none (its checksum is wrong). Layouts: ustar, GNU, and the old v7. */
export function parseTarHeader(block: Uint8Array): TarHeader | undefined {
  if (block.length < TAR_BLOCK_BYTES || checksum(block) !== number(block, 148, 8)) return undefined;
  const type = String.fromCharCode(block[156]! || 0x30);
  const name = text(block, 0, 100);
  // 'ustar\0' has a prefix of folders at 345; GNU's 'ustar  ' keeps other things there.
  const prefix = text(block, 257, 6) === 'ustar' && block[262] === 0 ? text(block, 345, 155) : '';
  const size = number(block, 124, 12);
  return { name: prefix === '' ? name : `${prefix}/${name}`, size, type, link: text(block, 157, 100) };
}

/** The records 'LENGTH KEY=VALUE\n' of a PAX header; the ones that cannot be read end the list. */
export function parsePax(bytes: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(text(bytes, at, Math.max(0, space - at)));
    if (space < 0 || !Number.isSafeInteger(length) || at + length <= space) break;
    const [key = '', ...value] = new TextDecoder().decode(bytes.subarray(space + 1, at + length - 1)).split('=');
    records.set(key, value.join('='));
    at += length;
  }
  return records;
}

/** Whether the block is all zero: two of them end an archive. */
export function isEmptyBlock(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

/** UTF-8 text up to the first zero byte. */
export function text(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

// Octal digits, none of them for 0, or base 256 behind a first byte of 0x80 (GNU, for sizes of 8 GiB and more).
function number(block: Uint8Array, start: number, length: number): number {
  const field = block.subarray(start, start + length);
  if (field[0] === 0x80) return field.subarray(1).reduce((value, byte) => value * 256 + byte, 0);
  const digits = text(block, start, length).trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : NaN;
}

// The sum counts the checksum's own eight bytes as spaces.
function checksum(block: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < TAR_BLOCK_BYTES; i += 1) sum += i >= 148 && i < 156 ? 0x20 : block[i]!;
  return sum;
}
