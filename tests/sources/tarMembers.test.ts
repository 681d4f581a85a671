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

it('walks plain files and links in order and passes over folders', async () => {
  const members = await walk(
    tarOf([
      { name: 'd/', content: '', type: '5' },
      { name: './d/1', content: 'x'.repeat(600) },
      { name: 'link', content: '', type: '2', link: './d/1', size: '17' },
      { name: 'old', content: 'y', type: '\0' },
      { name: 'contiguous', content: 'z', type: '7' },
    ]),
  );
  expect(members).toEqual([
    { name: 'd/1', offset: 1024, size: 600 },
    { name: 'link', offset: 2560, size: 0, link: { to: 'd/1', hard: false } },
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

it('reads long links beside long names, and linkpath', async () => {
  const members = await walk(
    tarOf([
      { name: '././@LongLink', content: 'target\0', type: 'K' },
      { name: '././@LongLink', content: 'name\0', type: 'L' },
      { name: 'n', content: '', type: '1', link: 't' },
      { name: 'pax', content: '14 linkpath=x\n', type: 'x' },
      { name: 'a', content: '', type: '1' },
    ]),
  );
  expect(members.map(({ name, link }) => [name, link])).toEqual([
    ['name', { to: 'target', hard: true }],
    ['a', { to: 'x', hard: true }],
  ]);
});

it('goes on after a blank size, and refuses one that is none', async () => {
  const sized = (size: string) => walk(tarOf([{ name: 'a', content: '', size }, { name: 'b', content: 'x' }])); // prettier-ignore
  expect((await sized('\0'.repeat(12))).map(({ name, size }) => [name, size])).toEqual([['a', 0], ['b', 1]]); // prettier-ignore
  await expect(sized('rubbish')).rejects.toThrow('a.tar, byte 0: expected the size of a tar member, found NaN');
  const pax = tarOf([{ name: 'pax', content: '12 size=abc\n', type: 'x' }, { name: 'b', content: 'x' }]); // prettier-ignore
  await expect(walk(pax)).rejects.toThrow('a.tar, byte 1024: expected the size of a tar member, found NaN');
});

it('gives what the end of the archive cuts off, of whatever kind', async () => {
  const cut = tarOf([{ name: 'sparse', content: 'x'.repeat(900), type: 'S' }]).subarray(0, 700);
  expect(await walk(cut)).toEqual([{ name: 'sparse', offset: 512, size: 900 }]);
});

it('refuses a long name that is cut off, and a block that is no head', async () => {
  const long = tarOf([{ name: 'l', content: 'n'.repeat(600), type: 'L' }]);
  await expect(walk(long.subarray(0, 700))).rejects.toThrow('a.tar, byte 512: expected 600 bytes of a name');
  const broken = tarOf([{ name: 'a', content: 'x' }, { name: 'b', content: 'y' }]).fill(1, 1024, 1030); // prettier-ignore
  await expect(walk(broken)).rejects.toThrow('a.tar, byte 1024: expected the head of a tar member');
});
