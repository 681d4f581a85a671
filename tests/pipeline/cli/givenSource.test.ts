import { expect, it } from 'vitest';
import { givenSource } from '../../../pipeline/cli/givenSource.ts';
import { folder, imageBytes, put, tarOf } from '../../fixtures/archives.ts';

const people = (...names: string[]): Uint8Array =>
  tarOf(names.map((name, i) => ({ name: `${name}/1.jpg`, content: imageBytes(i) })));

it('is whatever a path is, several as one, or the data of a config, without who is dropped', async () => {
  const here = folder();
  put(here, {
    'a.tar': people('ann', 'bob'),
    'b.tar': people('cem', 'dan'),
    'gone.txt': 'ann\ncem\n',
    'my.yaml': `
data: { sources: [{ path: a.tar }] }
model: { name: ir10 }
head: { name: softmax }
schedule: { name: cosine, lr: 0.1 }
train: { batch: 2, epochs: 1 }`,
  });
  const classes = async (paths: string[], drop: string[] = [], set: string[] = []): Promise<readonly string[]> => {
    const source = await givenSource(
      paths.map((path) => `${here}/${path}`),
      { drop, set },
    );
    await source.open();
    const found = source.classes!;
    await source.close();
    return found;
  };
  expect(await classes(['a.tar'])).toEqual(['ann', 'bob']);
  expect(await classes(['a.tar', 'b.tar'], [`${here}/gone.txt`])).toEqual(['bob', 'dan']);
  expect(await classes(['a.tar', 'b.tar'], ['ann,bob', 'cem'])).toEqual(['dan']);
  expect(await classes(['my.yaml'], [], [`data.root=${here}`])).toEqual(['ann', 'bob']);
});

it('takes no table of landmarks beside a config', async () => {
  await expect(givenSource(['my.yaml'], { points: 'a.csv', drop: [], set: [] })).rejects.toThrow(
    "my.yaml: --points must be left out: a config names the points of each source, received 'a.csv'",
  );
});
