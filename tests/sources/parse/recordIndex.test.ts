import { expect, it } from 'vitest';
import { parseRecordIndex } from '../../../sources/parse/recordIndex.ts';

const parse = (text: string) => parseRecordIndex(new TextEncoder().encode(text), 'a.idx');

it('reads keys in rising order, whatever the order of the lines and their ends', () => {
  expect(parse('2\t80\r\n0\t40\n\n10\t9007199254740991\n1 0')).toEqual({
    keys: [0, 1, 2, 10],
    offsets: [40, 0, 80, 9007199254740991],
  });
  expect(parse('')).toEqual({ keys: [], offsets: [] });
});

it('names the line that is none', () => {
  expect(() => parse('0\t0\n1\t-5\n')).toThrow(
    "a.idx, byte 4: expected a line of key, tab and byte offset, found '1\t-5'",
  );
  expect(() => parse('3\t0\n3\t8\n')).toThrow('a.idx: expected every key once, found 3');
});
