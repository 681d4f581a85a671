/** Stirs 32 bits so that every bit of the input reaches every bit of the output (MurmurHash3's finaliser). A bijection. */
export function stir(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * 32 bits drawn by a key: the same parts in the same order give the same number, anywhere and at any time.
 * Text names a stage or a purpose; numbers are integers up to 2^53.
 */
export function keyed(...parts: readonly (number | string)[]): number {
  return further(0x9e3779b9, ...parts);
}

/** The key drawn so far with more parts behind: `further(keyed('a'), 1)` is `keyed('a', 1)`, for less where much is drawn by one beginning. */
export function further(drawn: number, ...parts: readonly (number | string)[]): number {
  let h = drawn;
  for (const part of parts) {
    if (typeof part === 'number') {
      h = stir(h ^ (part | 0));
      h = stir((h + Math.floor(part / 0x1_0000_0000)) | 0);
    } else {
      for (let i = 0; i < part.length; i++) h = Math.imul(h ^ part.charCodeAt(i), 0x01000193);
      // The length closes the text: ('ab', 'c') is another key than ('a', 'bc').
      h = stir(h ^ part.length);
    }
  }
  return h >>> 0;
}
