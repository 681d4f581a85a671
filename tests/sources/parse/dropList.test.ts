import { expect, it } from 'vitest';
import { parseDropList } from '../../../sources/parse/dropList.ts';

const parse = (text: string, set?: string) => parseDropList(new TextEncoder().encode(text), 'overlap.csv', set);
const TABLE = `set_a,id_a,set_b,id_b,cosine
celeba,7,lfw,Ann_B,0.9
boll,Zoe,celeba,8,0.5
celeba,7,boll,"C, D",0.2
`;

it('takes everybody of a set on either side, whatever the cosine', () => {
  expect(parse(TABLE, 'celeba')).toEqual(['7', '8']);
  expect(parse(TABLE, 'boll')).toEqual(['C, D', 'Zoe']);
  expect(parse(TABLE)).toEqual(['7', '8', 'Ann_B', 'C, D', 'Zoe']);
});

it('takes who is listed as number and name by the number too', () => {
  expect(parse('set_a,id_a,set_b,id_b\ncfp,004 Ann Lee,lfw,Ann_Lee\n', 'cfp')).toEqual(['004', '004 Ann Lee']);
});

it('refuses a set that the table does not know, and sets where there is only a list', () => {
  expect(() => parse(TABLE, 'bol')).toThrow("overlap.csv: expected a set among celeba, lfw, boll, found 'bol'");
  expect(() => parse('Ann\nBob\n', 'lfw')).toThrow("a table with the columns set_a, id_a, set_b, id_b, found 'Ann'");
});

it('reads a list of names, which may hold commas and blanks', () => {
  expect(parse('Bob, Jr\r\nAnn Lee\n\n')).toEqual(['Ann Lee', 'Bob, Jr']);
});
