import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { PairProtocol } from '../../pipeline/items.ts';
import { cfp } from '../../sources/cfp.ts';
import { onlyFolds, peopleOfFolds } from '../../sources/officialFolds.ts';

const pair = (a: string, b: string) => ({ a: `${a}/1`, b: `${b}/2`, same: a === b });
const three: PairProtocol = {
  name: 'three',
  folds: 3,
  pairs: [
    pair('ann', 'ann'),
    pair('ann', 'bob'),
    pair('cy', 'cy'),
    pair('cy', 'di'),
    pair('ed', 'ed'),
    pair('ed', 'flo'),
  ],
};

it('takes folds by their numbers, and says who is in them', () => {
  const test = onlyFolds(three, [2, 3]);
  expect(test).toMatchObject({ name: 'three', folds: 2 });
  expect(test.pairs).toEqual(three.pairs.slice(2));
  expect(peopleOfFolds(three, [1])).toEqual(['ann', 'bob']);
  expect(peopleOfFolds(three, [1, 3])).toEqual(['ann', 'bob', 'ed', 'flo']);
});

it('refuses what are no folds', () => {
  for (const folds of [
    [0, 1],
    [2, 1],
    [1, 4],
    [1.5, 2],
  ])
    expect(() => onlyFolds(three, folds)).toThrow('three: folds must be ascending numbers from 1 to 3');
  expect(() => onlyFolds(three, [2])).toThrow('at least two folds');
  expect(() => peopleOfFolds(three, [])).toThrow('ascending numbers');
  expect(() => onlyFolds({ ...three, folds: 4 }, [1, 2])).toThrow('a protocol of 4 equal folds');
});

const CFP = '../shared/data/cfp112/protocol.tar.gz';
it.skipIf(!existsSync(CFP))(
  "keeps the people of CFP's folds 1 to 4 away from those of 5 to 10 (needs ../shared/data)",
  async () => {
    for (const subset of ['ff', 'fp'] as const) {
      const protocol = await cfp(CFP, subset);
      const meta = peopleOfFolds(protocol, [1, 2, 3, 4]);
      const test = new Set(peopleOfFolds(protocol, [5, 6, 7, 8, 9, 10]));
      expect([meta.length, test.size]).toEqual([200, 300]);
      expect(meta.filter((person) => test.has(person))).toEqual([]);
      expect(onlyFolds(protocol, [5, 6, 7, 8, 9, 10]).pairs).toHaveLength(4200);
    }
  },
);
