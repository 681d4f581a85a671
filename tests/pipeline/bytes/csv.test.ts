import { expect, it } from 'vitest';
import { columnsOf, parseCsv } from '../../../pipeline/bytes/csv.ts';

const parse = (text: string) => parseCsv(new TextEncoder().encode(text), 't.csv');

it('reads quotes, blank lines, blanks around fields and a byte-order mark', () => {
  expect(parse('\u{feff}a, b\r\n"x, ""y""",\n\n1,2\n')).toEqual({ columns: ['a', 'b'], rows: [['x, "y"', ''], ['1', '2']] }); // prettier-ignore
});

it('finds columns by their names', () => {
  const table = parse('c,a,b\n1,2,3\n');
  expect(columnsOf(table, ['a', 'c'], 't.csv')).toEqual([1, 0]);
  expect(() => columnsOf(table, ['a', 'd', 'e'], 't.csv')).toThrow(
    "t.csv, byte 0: expected columns d, e, found 'c,a,b'",
  );
});

it('refuses rows of another length, an open quote and nothing at all', () => {
  expect(() => parse('a,b\n1\n')).toThrow(/t.csv: expected comma separated values: .*line 2/);
  expect(() => parse('a,"b\n')).toThrow('expected comma separated values: Quote');
  expect(() => parse('')).toThrow('t.csv, byte 0: expected a row of column names');
});
