import { expect, it } from 'vitest';
import { numberOf } from '../../../sources/parse/numberOf.ts';

it('takes the number before a name, and leaves everything else', () => {
  const names = ['004 Ada Lovelace', '004', 'Ada_Lovelace', '50 ', 'M 83', '3rd Man'];
  expect(names.map(numberOf)).toEqual(['004', '004', 'Ada_Lovelace', '50 ', 'M 83', '3rd Man']);
});
