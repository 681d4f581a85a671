import { mkdir, readdir } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { download } from '../../../pipeline/engine/download.ts';
import { scratchFolder } from '../files/scratch.ts';
import { fakeWheel, hasTools } from './fakeWheel.ts';

const { path } = scratchFolder();
afterEach(() => vi.unstubAllEnvs());

describe.skipIf(!hasTools())('download (needs Python and pip)', () => {
  it('unpacks what is kept and nothing else; says so where nothing is', async () => {
    await mkdir(path('wheels'));
    const { file, release } = fakeWheel(path('wheels'));
    vi.stubEnv('PIP_NO_INDEX', '1');
    await download(release, path('whole'), { python: 'python3', local: file });
    expect(await readdir(path('whole'))).toEqual(['tensorflow']);
    const other = { ...release, wheels: release.wheels.map((wheel) => ({ ...wheel, keep: 'nvidia/.*' })) };
    await expect(download(other, path('none'), { python: 'python3', local: file })).rejects.toThrow(
      /^fake_flow-1\.0-py3-none-any\.whl cannot be unpacked: nothing in it is what is looked for/,
    );
  });
});
