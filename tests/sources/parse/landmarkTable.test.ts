import { expect, it } from 'vitest';
import { LANDMARK_COLUMNS, parseLandmarkTable } from '../../../sources/parse/landmarkTable.ts';

const parse = (text: string) => parseLandmarkTable(new TextEncoder().encode(text), 'points.csv');
const HEAD = `image,${LANDMARK_COLUMNS.join(',')}`;

it('reads ten numbers per image and knows blank rows', () => {
  const table = parse(`${HEAD}\na/1.jpg,1.5,2,3,4,5,6,7,8,9,-10\nb,,,,,,,,,,\n`);
  expect([...table.get('a/1.jpg')!]).toEqual([1.5, 2, 3, 4, 5, 6, 7, 8, 9, -10]);
  expect([table.size, table.has('b'), table.get('b')]).toEqual([2, true, undefined]);
});

it('names the column that is missing and the value that is no number', () => {
  expect(() => parse('image,eyeL_x\n')).toThrow('points.csv, byte 0: expected columns eyeL_y, eyeR_x,');
  expect(() => parse(`${HEAD}\na,1,2,3,4,five,6,7,8,9,10\n`)).toThrow(
    "expected a number for nose_x of 'a', found 'five'",
  );
  expect(() => parse(`${HEAD}\na,1,,3,4,5,6,7,8,9,10\n`)).toThrow("a number for eyeL_y of 'a', found ''");
});
