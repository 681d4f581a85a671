import { expect, it } from 'vitest';
import { randomPairs } from '../../../pipeline/recipes/demoPairs.ts';

/** So many images of each of so many people, called PERSON/IMAGE.jpg. */
function faces(people: number, each: number): Parameters<typeof randomPairs>[0] {
  const labels = Int32Array.from({ length: people * each }, (_, i) => Math.floor(i / each));
  return { name: 'faces', labels, id: (i) => `p${labels[i]}/${i}.jpg` };
}

it('draws as many pairs of one person as of two in every fold, none of them twice', () => {
  const { pairs, folds } = randomPairs(faces(12, 6), { most: 199, seed: 3 });
  expect([folds, pairs.length]).toEqual([10, 180]);
  for (let fold = 0; fold < folds; fold++)
    expect(pairs.slice(fold * 18, (fold + 1) * 18).filter(({ same }) => same)).toHaveLength(9);
  const person = (name: string): string => name.split('/')[0]!;
  for (const { a, b, same } of pairs) {
    expect(person(a) === person(b)).toBe(same);
    expect(a).not.toBe(b);
    expect(a).toMatch(/^p\d+\/\d+$/);
  }
  expect(new Set(pairs.map(({ a, b }) => [a, b].toSorted().join())).size).toBe(180);
});

it('draws the same for a seed, others for another', () => {
  const draw = (seed: number) => randomPairs(faces(12, 6), { most: 100, seed });
  expect(draw(3)).toEqual(draw(3));
  expect(draw(4).pairs).not.toEqual(draw(3).pairs);
});

it('refuses faces that give no ten pairs of both kinds', () => {
  expect(() => randomPairs(faces(4, 2), { most: 100, seed: 3 })).toThrow(
    'enough for 10 pairs of one person and of two',
  );
  expect(() => randomPairs(faces(1, 20), { most: 100, seed: 3 })).toThrow('received 20');
  expect(() => randomPairs(faces(20, 1), { most: 100, seed: 3 })).toThrow('received 20');
});
