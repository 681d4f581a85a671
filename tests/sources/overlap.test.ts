import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { dropList } from '../../sources/drop.ts';
import { overlapTable, refuseShared, sharedPeople } from '../../sources/overlap.ts';
import { folder, put } from '../fixtures/archives.ts';

const table = [{ setA: 'celeba', a: '7', setB: 'cfp', b: '001', file: 'overlap.csv' }];

it('finds the same name however it is written, and numbers only in their own set', () => {
  const left = [
    { set: 'celeba', people: ['Ada_Lovelace', '001'] },
    { people: ['Grace-Hopper'] },
    { set: 'fairface', people: 'none' as const },
  ];
  const right = [
    { set: 'cfp', people: ['001', 'ADA lovelace'] },
    { set: 'celeba', people: ['001'] },
    { people: ['grace hopper'] },
  ];
  expect(sharedPeople(left, right, []).map(({ left: a, right: b }) => [a, b])).toEqual([
    ['Grace-Hopper', 'grace hopper'],
    ['celeba:001', 'celeba:001'],
    ['celeba:Ada_Lovelace', 'cfp:ADA lovelace'],
  ]);
});

it('believes a table, whichever way round', () => {
  const [celeba, cfp] = [[{ set: 'celeba', people: ['7', '8'] }], [{ set: 'cfp', people: ['001', '002'] }]];
  expect(sharedPeople(celeba, cfp, table)).toEqual([{ left: 'celeba:7', right: 'cfp:001', because: 'overlap.csv' }]);
  expect(sharedPeople(cfp, celeba, table)).toEqual([{ left: 'cfp:001', right: 'celeba:7', because: 'overlap.csv' }]);
  expect(sharedPeople([{ set: 'celeba', people: ['8'] }], cfp, table)).toEqual([]);
  expect(sharedPeople([{ set: 'celeba', people: 'none' }], cfp, table)).toEqual([]);
});

it('knows a number with its name behind it', () => {
  const named = [{ ...table[0]!, b: '001 Ada Lovelace' }];
  const found = sharedPeople([{ set: 'celeba', people: ['7'] }], [{ set: 'cfp', people: ['001'] }], named);
  expect(found.map(({ right }) => right)).toEqual(['cfp:001 Ada Lovelace']);
});

it('refuses whom it finds, by name, unless told', () => {
  const many = Array.from({ length: 12 }, (_, i) => ({ left: `a:${i}`, right: `b:${i}`, because: 'overlap.csv' }));
  expect(() => refuseShared(many)).toThrow(
    /^12 people are in both training and meta set: a:0 is b:0 \(overlap.csv\); .*; and 2 more\. Drop them/,
  );
  expect(refuseShared(many, { allow: true })).toHaveLength(12);
  expect(refuseShared([])).toEqual([]);
});

it('reads a table', async () => {
  const here = folder();
  put(here, { 'overlap.csv': 'set_a,id_a,set_b,id_b,cosine\nceleba,7,cfp,001,0.8\n', 'other.csv': 'a,b\n1,2\n' });
  expect(await overlapTable(`${here}/overlap.csv`)).toEqual([{ ...table[0], file: `${here}/overlap.csv` }]);
  await expect(overlapTable(`${here}/other.csv`)).rejects.toThrow('columns set_a, id_a, set_b, id_b');
});

const REAL = '../shared/data/identity_overlap.csv';
it.skipIf(!existsSync(REAL))(
  'finds those that the real table lists, and none once they are dropped (needs ../shared/data)',
  async () => {
    const same = await overlapTable(REAL);
    const celeba = await dropList(REAL, 'celeba');
    const cfp = await dropList(REAL, 'cfp');
    const found = sharedPeople([{ set: 'celeba', people: celeba }], [{ set: 'cfp', people: cfp }], same);
    expect(found).toHaveLength(8);
    expect(sharedPeople([{ set: 'celeba', people: ['1'] }], [{ set: 'cfp', people: cfp }], same)).toEqual([]);
  },
);
