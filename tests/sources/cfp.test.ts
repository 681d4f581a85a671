import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cfp } from '../../sources/cfp.ts';
import { folder, put, tarOf } from '../fixtures/archives.ts';
import { cfpFilesOfTwo } from '../fixtures/cfp.ts';

const CFP = fileURLToPath(new URL('../../../shared/data/cfp112/protocol.tar.gz', import.meta.url));

describe('cfp', () => {
  it('reads the same from a folder, a tar and a gzipped tar', async () => {
    const here = folder();
    const files = cfpFilesOfTwo();
    const tar = tarOf(Object.entries(files).map(([name, content]) => ({ name: `./${name}`, content })));
    put(here, { ...files, 'protocol.tar': tar, 'protocol.tar.gz': gzipSync(tar) });
    const expected = await cfp(here, 'fp');
    expect(expected).toMatchObject({ name: 'cfp-fp', folds: 10 });
    expect(expected.pairs).toHaveLength(20);
    expect(await cfp(`${here}/protocol.tar`, 'fp')).toEqual(expected);
    expect(await cfp(`${here}/protocol.tar.gz`, 'fp')).toEqual(expected);
  });

  it('names the file that is missing', async () => {
    const here = folder();
    const { 'Protocol/Split/FF/07/diff.txt': _, ...files } = cfpFilesOfTwo();
    put(here, { ...files, 'p.tar': tarOf(Object.entries(files).map(([name, content]) => ({ name, content }))) });
    await expect(cfp(here, 'ff')).rejects.toThrow(`${here}/Protocol/Split/FF/07/diff.txt`);
    await expect(cfp(`${here}/p.tar`, 'ff')).rejects.toThrow(
      "p.tar: expected 'Protocol/Split/FF/07/diff.txt' in the protocol",
    );
    await expect(cfp(here, 'fp')).resolves.toBeDefined();
  });

  it.skipIf(!existsSync(CFP))('reads CFP itself (skipped where ../shared/data is absent)', async () => {
    const { pairs } = await cfp(CFP, 'fp');
    expect(pairs).toHaveLength(7000);
    expect(pairs.filter(({ same }) => same)).toHaveLength(3500);
    expect(pairs[0]).toEqual({ a: '001/frontal/05', b: '001/profile/01', same: true });
  });
});
