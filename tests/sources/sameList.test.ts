import { expect, it } from 'vitest';
import { encodeNpy } from '../../pipeline/bytes/npy.ts';
import { sameList } from '../../sources/sameList.ts';
import { folder, put } from '../fixtures/archives.ts';

it('reads arrays and texts', async () => {
  const here = folder();
  const bytes = encodeNpy({ shape: [3], data: Uint8Array.of(1, 0, 1) });
  const booleans = Uint8Array.from(bytes);
  booleans.set(Buffer.from('b1'), Buffer.from(bytes).indexOf('u1'));
  put(here, { 'u.npy': bytes, 'b.npy': booleans, 'a.txt': '1\n0\n1\n', 'b.txt': 'True\nFalse\ntrue', 'w.txt': '1 2' });
  for (const name of ['u.npy', 'b.npy', 'a.txt', 'b.txt'])
    expect(await sameList(`${here}/${name}`)).toEqual(Uint8Array.of(1, 0, 1));
  await expect(sameList(`${here}/w.txt`)).rejects.toThrow("0, 1, True or False for pair 2, found '2'");
});
