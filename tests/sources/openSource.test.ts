import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FileError, FormatError, OptionError } from '../../pipeline/errors.ts';
import { openSource } from '../../sources/openSource.ts';
import { folder, imageBytes, payloadOf, put, recordsOf, tarOf } from '../fixtures/archives.ts';
import { shardOf } from '../fixtures/shards.ts';

const archive = tarOf([
  { name: 'ann/1.jpg', content: imageBytes(1) },
  { name: 'bob/1.jpg', content: imageBytes(2) },
]);
const { rec, idx } = recordsOf([
  [0, payloadOf(0, imageBytes(1))],
  [1, payloadOf(1, imageBytes(2))],
]);
const { shard } = shardOf(
  [1, 2].map((i) => ({ key: ['ann/1.jpg', 'bob/1.jpg'][i - 1]!, label: i - 1, bytes: imageBytes(i) })),
);

describe('openSource', () => {
  it('knows what lies at a path by its bytes', async () => {
    const here = folder();
    put(here, {
      'a.tar': archive,
      zipped: gzipSync(archive),
      'b.rec': rec,
      'faces/ann/1.jpg': imageBytes(1),
      'faces/bob/1.jpg': imageBytes(2),
      'set/train.rec': rec,
      'set/train.idx': idx,
      shard,
      'harmed.faces': shard.with(0, 0),
      'shards/x-000000.faces': shard,
    });
    const ids: string[] = [];
    for (const name of [
      'a.tar',
      'zipped',
      'b.rec',
      'faces',
      'set',
      '*.tar',
      '[b].rec',
      'shard',
      'harmed.faces',
      'shards',
    ]) {
      const source = await openSource(`${here}/${name}`);
      ids.push(source.id(1));
      expect(source.classes).toHaveLength(2);
      await source.close();
    }
    const bob = 'bob/1.jpg';
    expect(ids).toEqual([bob, bob, '1', bob, '1', bob, '1', bob, bob, bob]);
  });

  it('draws faces where it is told to instead of given a path', async () => {
    const source = await openSource('drawn:people=2,perPerson=3,seed=7,size=32', { drop: ['000000'] });
    expect([source.id(2), source.classes]).toEqual(['000001/0002.jpg', ['000001']]);
    await expect(openSource('drawn:people=2')).rejects.toThrow('drawnFaces: perPerson must be a whole number');
  });

  it('takes people out', async () => {
    const here = folder();
    put(here, { 'a.tar': archive });
    const source = await openSource(`${here}/a.tar`, { drop: ['ann'] });
    expect([source.classes, source.length]).toEqual([['bob'], 1]);
    await source.close();
    await expect(openSource(`${here}/a.tar`, { drop: ['zoe'] })).rejects.toThrow(OptionError);
  });

  it('refuses a pattern over several folders, of which it could read one only', async () => {
    const here = folder();
    put(here, { 'x.tar': archive, 'y/ann/1.jpg': imageBytes(1), 'y/bob/1.jpg': imageBytes(2) });
    await expect(openSource(`${here}/y/*`)).rejects.toThrow(FormatError);
    await expect(openSource(`${here}/y/*`)).rejects.toThrow(
      `y/*: expected tars or .rec files, or one folder, found '2 matches'`,
    );
    await expect(openSource(`${here}/*`)).rejects.toThrow(FormatError);
    const one = await openSource(`${here}/y*`);
    expect(one.length).toBe(2);
    await one.close();
  });

  it('says in one line what is wrong', async () => {
    const here = folder();
    put(here, { 'pairs.txt': 'text' });
    await expect(openSource(`${here}/none`)).rejects.toThrow(FileError);
    await expect(openSource(`${here}/none`)).rejects.toThrow(/none: there is no such file or folder$/);
    await expect(openSource(`${here}/pairs.txt`)).rejects.toThrow(FormatError);
    await expect(openSource(`${here}/pairs.txt`)).rejects.toThrow(
      'byte 0: expected a tar, tar.gz, RecordIO, .faces or .bin file',
    );
  });
});
