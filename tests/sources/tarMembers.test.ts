import { expect, it } from 'vitest';
import { open } from '../../pipeline/files/read.ts';
import { type TarMember, tarMembers } from '../../sources/tarMembers.ts';
import { folder, put, tarOf } from '../fixtures/archives.ts';

const walk = async (bytes: Uint8Array): Promise<TarMember[]> => {
  const here = folder();
  put(here, { 'a.tar': bytes });
  const file = await open(`${here}/a.tar`);
  const members: TarMember[] = [];
  try {
    for await (const member of tarMembers(file, 'a.tar')) members.push(member);
  } finally {
    await file.close();
  }
  return members;
};

it('walks plain files in order and passes over folders and links', async () => {
  const members = await walk(
    tarOf([
      { name: 'd/', content: '', type: '5' },
      { name: './d/1', content: 'x'.repeat(600) },
      { name: 'link', content: '', type: '2' },
      { name: 'old', content: 'y', type: '\0' },
      { name: 'contiguous', content: 'z', type: '7' },
    ]),
  );
  expect(members).toEqual([
    { name: 'd/1', offset: 1024, size: 600 },
    { name: 'old', offset: 3072, size: 1 },
    { name: 'contiguous', offset: 4096, size: 1 },
  ]);
});

it('takes the size from a PAX header, which may say more than the head can', async () => {
  const members = await walk(
    tarOf([
      { name: 'pax', content: '12 size=600\n', type: 'x' },
      { name: 'a', content: 'x'.repeat(600) },
      { name: 'b', content: 'x' },
    ]),
  );
  expect(members.map(({ name, size }) => [name, size])).toEqual([['a', 600], ['b', 1]]); // prettier-ignore
});

it('refuses a long name that is cut off, and a block that is no head', async () => {
  const long = tarOf([{ name: 'l', content: 'n'.repeat(600), type: 'L' }]);
  await expect(walk(long.subarray(0, 700))).rejects.toThrow('a.tar, byte 512: expected 600 bytes of a name');
  const broken = tarOf([{ name: 'a', content: 'x' }, { name: 'b', content: 'y' }]).fill(1, 1024, 1030); // prettier-ignore
  await expect(walk(broken)).rejects.toThrow('a.tar, byte 1024: expected the head of a tar member');
});
