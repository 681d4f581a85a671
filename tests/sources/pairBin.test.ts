import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSource } from '../../sources/openSource.ts';
import { isPairBin, pairBin } from '../../sources/pairBin.ts';
import { sourceContract } from '../contracts/source.ts';
import { folder, put } from '../fixtures/archives.ts';

const written = JSON.parse(readFileSync(new URL('../fixtures/pair_bin.json', import.meta.url), 'utf8'));

function binOf(writer: string): { path: string; bytes: Buffer } {
  const here = folder();
  const bytes = Buffer.from(written.files[writer], 'base64');
  put(here, { 'agedb_30.bin': bytes });
  return { path: join(here, 'agedb_30.bin'), bytes };
}

sourceContract('pairBin', {
  make: () => pairBin(binOf('python 2, protocol 2').path),
  ids: ['0', '1', '2', '3'],
  labels: [-1, -1, -1, -1],
  classes: [],
  bytes: written.images.map((image: string) => Uint8Array.from(Buffer.from(image, 'base64'))),
});

it.each(['python 2, protocol 2', 'python 3, protocol 4'])(
  'gives images by number, and where they lie (%s)',
  async (writer) => {
    const { path, bytes } = binOf(writer);
    const source = await openSource(path);
    expect(isPairBin(source)).toBe(true);
    expect([source.name, source.length, source.id(2)]).toEqual(['pairs agedb_30.bin', 4, '2']);
    expect([...source.labels]).toEqual([-1, -1, -1, -1]);
    const [third, first] = await source.read(Int32Array.of(2, 0));
    expect([third!.bytes, first!.bytes].map((image) => Buffer.from(image!).toString('base64'))).toEqual([written.images[2], written.images[0]]); // prettier-ignore
    const { file, offset } = source.place(2);
    expect([file, bytes.subarray(offset, offset! + third!.bytes!.length).equals(third!.bytes!)]).toEqual([path, true]);
    await source.close();
  },
);

it('gives out bytes that may be taken away', async () => {
  const source = pairBin(binOf('python 3, protocol 3').path);
  const read = async (): Promise<Uint8Array> => (await source.read(Int32Array.of(1)))[0]!.bytes!;
  structuredClone(await read(), { transfer: [(await read()).buffer as ArrayBuffer] });
  expect(Buffer.from(await read()).toString('base64')).toBe(written.images[1]);
});

it('says no byte of an image that does not lie in the file as it is', async () => {
  const { path } = binOf('python 3, protocol 2');
  const source = pairBin(path);
  await source.open();
  expect(source.place(0)).toEqual({ file: path });
});

it('names its pairs by the numbers of their images', async () => {
  const source = pairBin(binOf('arrays of numpy 2, protocol 5').path);
  expect(await source.protocol()).toEqual({
    name: 'agedb_30',
    pairs: [
      { a: '0', b: '1', same: true },
      { a: '2', b: '3', same: false },
    ],
    folds: 10,
  });
});
