import { expect, it } from 'vitest';
import { readConfig } from '../../../pipeline/recipes/config.ts';
import { trainingFaces } from '../../../pipeline/recipes/data.ts';
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
