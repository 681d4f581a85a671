import { expect, it } from 'vitest';
import { readConfig } from '../../../pipeline/recipes/config.ts';
import { trainingFaces } from '../../../pipeline/recipes/data.ts';
import { planOf } from '../../../pipeline/recipes/plan.ts';
import { firstFaces } from '../../../pipeline/recipes/trainingGraph.ts';
import { samplingOf } from '../../../pipeline/sampler.ts';
import { namedSource } from '../../fixtures/sampled.ts';
import { tinyTraining } from '../../fixtures/tinyTraining.ts';

it('reads an epoch in the order that the config names, wholly shuffled where it names none', async () => {
  const { root, config } = await tinyTraining();
  for (const shuffle of ['full', 'blocks'] as const) {
    const sets = shuffle === 'full' ? [] : [`data.shuffle=${shuffle}`];
    const read = await readConfig(config, [`data.root=${root}`, ...sets]);
    const { faces, close } = await trainingFaces(read.data);
    const { keys } = await firstFaces(read, faces, 24, 1);
    await close();
    const sampler = samplingOf(shuffle)(namedSource({ length: 24 }), [7, 'faces']);
    expect(keys.map(({ index }) => index)).toEqual(keys.map((_, position) => sampler.at(1, position)));
    expect(new Set(keys.map(({ index }) => index)).size).toBe(24);
  }
  await expect(readConfig(config, ['data.shuffle=some'])).rejects.toThrow('data.shuffle must be one of full, blocks');
});

it('makes batches of people and their images, or of everybody alike, where the config says so', async () => {
  const { root, config } = await tinyTraining();
  const planned = async (...sets: string[]) => {
    const read = await readConfig(config, [`data.root=${root}`, ...sets]);
    const plan = await planOf(read, () => {});
    const { labels } = await firstFaces(read, plan.faces, read.train.batch, 1).finally(plan.close);
    return { labels: [...labels].toSorted(), perEpoch: plan.perEpoch, people: plan.people.length };
  };
  const grouped = await planned('data.sampling.name=identities', 'data.sampling.people=2', 'data.sampling.images=3', 'train.batch=6'); // prettier-ignore
  expect(new Set(grouped.labels).size).toBe(2);
  expect(grouped.labels).toEqual(grouped.labels.map((_, i) => grouped.labels[i < 3 ? 0 : 5]));
  expect(grouped.perEpoch).toBe(Math.ceil(grouped.people / 2));
  const alike = await planned('data.sampling.name=class-weighted', 'train.batch=24');
  expect(alike.perEpoch).toBe(1);
  expect(new Set(alike.labels).size).toBe(alike.people);
});

it('refuses batches that part a group, and more people than there are', async () => {
  const { root, config } = await tinyTraining();
  const planned = async (people: number, batch: number) => {
    const sets = ['name=identities', `people=${people}`, 'images=3'].map((set) => `data.sampling.${set}`);
    return planOf(await readConfig(config, [`data.root=${root}`, ...sets, `train.batch=${batch}`]), () => {});
  };
  await expect(planned(2, 8)).rejects.toThrow('train.batch must be a multiple of 6, data.sampling.people x images, received 8'); // prettier-ignore
  await expect(planned(100, 300)).rejects.toThrow('identities: people must be at most');
  const unnamed = readConfig(config, ['data.sampling.people=2']);
  await expect(unnamed).rejects.toThrow('data.sampling.name must be one of identities, class-weighted');
});
