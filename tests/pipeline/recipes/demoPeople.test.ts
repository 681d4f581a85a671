import { expect, it } from 'vitest';
import { dividePeople } from '../../../pipeline/recipes/demoPeople.ts';
import { drawn } from '../../fixtures/drawn.ts';

/** Person i of so many has `each(i)` images. */
function source(people: number, each: (person: number) => number): ReturnType<typeof drawn> {
  const names = Array.from({ length: people }, (_, i) => `a/${i}`);
  return drawn('real', { people: names, labels: names.flatMap((_, i) => new Array<number>(each(i)).fill(i)) });
}

const OPTIONS = { people: 100, unseen: 10, perPerson: 5, seed: 1 };

it('divides by person, keyed, and takes at most so many images of each', async () => {
  const faces = source(40, (i) => 3 + (i % 5));
  const { train, unseen } = await dividePeople(faces, OPTIONS);
  await train.open();
  await unseen.open();
  // Eight of the forty have only three images.
  expect([train.classes!.length, unseen.classes!.length]).toEqual([26, 6]);
  expect(train.classes!.filter((name) => unseen.classes!.includes(name))).toEqual([]);
  expect([...train.classes!, ...unseen.classes!].some((name) => Number(name.slice(2)) % 5 === 0)).toBe(false);
  const counts = train.classes!.map((_, label) => train.labels.filter((own) => own === label).length);
  expect(new Set(counts)).toEqual(new Set([4, 5]));
  const again = await dividePeople(faces, OPTIONS);
  await again.unseen.open();
  expect(again.unseen.classes).toEqual(unseen.classes);
});

it('names images by person and number, and reads those of the source', async () => {
  const faces = source(25, () => 6);
  const { train } = await dividePeople(faces, OPTIONS);
  const [sample] = await train.read(Int32Array.of(7));
  const [, number] = /^a_(\d+)$/.exec(train.id(7).split('/')[0]!)!;
  expect(train.id(7).split('/')[1]).toBe('0003');
  expect(sample).toMatchObject({ label: 1, bytes: Uint8Array.of(Number(number) * 6 + 2) });
});

it('refuses too few people or images, with the bound', async () => {
  await expect(
    dividePeople(
      source(19, () => 9),
      OPTIONS,
    ),
  ).rejects.toThrow('demo: --data must be images of at least 20 people, 4 of each, received');
  await expect(
    dividePeople(
      source(90, () => 3),
      OPTIONS,
    ),
  ).rejects.toThrow('0 such people in real');
});
