import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../pipeline/recipes/config.ts';
import { dataPath, openFaces, trainingFaces } from '../../../pipeline/recipes/data.ts';
import { freshFolder } from '../../fixtures/checkpoint.ts';

const DATA = '../shared/data';

describe('dataPath', () => {
  it('starts at the root of the config, else at RXFACE_DATA, else here', () => {
    expect(dataPath('a.tar', 'root')).toBe(join('root', 'a.tar'));
    expect(dataPath('/a.tar', 'root')).toBe('/a.tar');
    process.env['RXFACE_DATA'] = 'env';
    expect(dataPath('a.tar')).toBe(join('env', 'a.tar'));
    expect(dataPath('a.tar', 'root')).toBe(join('root', 'a.tar'));
    delete process.env['RXFACE_DATA'];
    expect(dataPath('a.tar')).toBe('a.tar');
  });
});

describe('trainingFaces', () => {
  it('puts sources one after another, without who is dropped, and stays open until it is closed', async () => {
    const root = freshFolder();
    for (const person of ['a/anna', 'a/bert', 'b/anna']) {
      mkdirSync(join(root, person), { recursive: true });
      writeFileSync(join(root, person, '1.jpg'), 'x');
      writeFileSync(join(root, person, '2.jpg'), 'y');
    }
    writeFileSync(join(root, 'gone.csv'), 'set_a,id_a,set_b,id_b,cosine\nother,x,mine,bert,0.5\n');
    const sources = [{ path: 'a', drop: { file: 'gone.csv', set: 'mine' } }, { path: 'b' }];
    const { faces, close } = await trainingFaces({ root, sources });
    await faces.close();
    expect(faces.length).toBe(4);
    expect([...faces.labels]).toEqual([0, 0, 1, 1]);
    expect(faces.classes).toEqual(['anna', 'anna']);
    await close();
    const open = await openFaces({ root, sources });
    await open.close();
    expect([faces.length, open.length]).toEqual([undefined, undefined]);
  });

  it('refuses an image of nobody and names it: it could be learned as nobody', async () => {
    const root = freshFolder();
    mkdirSync(join(root, 'faces', 'imgs', 'anna'), { recursive: true });
    for (const file of ['imgs/anna/1.jpg', 'stray.jpg']) writeFileSync(join(root, 'faces', file), 'x');
    await expect(trainingFaces({ root, sources: [{ path: 'faces' }] })).rejects.toThrow(
      `${join(root, 'faces', 'stray.jpg')}: expected every image in the folder of a person, found 'stray.jpg'`,
    );
  });

  it('names a folder that is not there', async () => {
    const sources = [{ path: 'no-such' }];
    await expect(trainingFaces({ root: freshFolder(), sources })).rejects.toThrow(/no-such/);
  });

  it.skipIf(!existsSync(DATA))(
    'finds 356 people on 11,892 images for celeba-bollywood.yaml (needs its data)',
    async () => {
      const config = await readConfig('pipeline/recipes/celeba-bollywood.yaml', [`data.root=${DATA}`]);
      const { faces, close } = await trainingFaces(config.data);
      expect([faces.length, faces.classes?.length, faces.faults?.length]).toEqual([11_892, 356, 0]);
      await close();
    },
  );
});

describe('recipes', () => {
  it.each(['celeba-bollywood', 'adaface-r50-ms1mv2'])('%s.yaml is a valid config', async (name) => {
    await expect(readConfig(`pipeline/recipes/${name}.yaml`)).resolves.toHaveProperty('train.batch');
  });
});
