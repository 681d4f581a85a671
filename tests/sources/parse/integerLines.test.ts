import { describe, expect, it } from 'vitest';
import { integerLines } from '../../../sources/parse/integerLines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** In pieces of so many bytes. */
function read(text: string, columns: number, piece: number): number[] {
  const lines = integerLines(columns, 'a.txt');
  const found: number[] = [];
  for (let i = 0; i < text.length; i += piece) found.push(...lines.push(bytes(text.slice(i, i + piece))));
  return [...found, ...lines.end()];
}

describe('integerLines', () => {
  it.each([1, 2, 3, 7, 100])('reads numbers wherever the pieces of %i bytes are cut', (piece) => {
    expect(read('1 22 0\r\n\n 333\t4444  1 \n2147483647 0 7', 3, piece)).toEqual([
      1, 22, 0, 333, 4444, 1, 2147483647, 0, 7,
    ]);
  });

  it.each([
    ['1 2\n3\n', /byte 5: expected lines of 2 whole numbers/],
    ['1 2 3\n', /byte 5: .*found 'more'/],
    ['1 2\n1 -2\n', /byte 6: .*found '-'/],
    ['1 2147483648\n', /byte 11/],
  ])('refuses %j', (text, message) => expect(() => read(text, 2, 100)).toThrow(message));
});
