import { readdir, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { lock } from '../../../pipeline/files/lock.ts';
import { scratchFolder } from './scratch.ts';

const { path } = scratchFolder();

describe('lock', () => {
  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    let waited = 0;
    const enter = async (): Promise<void> => {
      const unlock = await lock(path('lock'), { waiting: () => waited++ });
      most = Math.max(most, ++inside);
      await new Promise((done) => setTimeout(done, 20));
      inside--;
      await unlock();
    };
    await Promise.all([enter(), enter(), enter()]);
    expect(most).toBe(1);
    expect(waited).toBe(2);
    expect(await readdir(path())).toEqual([]);
  });

  it('takes over from a process that is gone, and from one long silent', async () => {
    await writeFile(path('a'), JSON.stringify({ id: 2 ** 22 + 1, host: hostname() }));
    await (
      await lock(path('a'))
    )();
    await writeFile(path('b'), JSON.stringify({ id: 1, host: 'another machine' }));
    await utimes(path('b'), new Date(0), new Date(0));
    await (
      await lock(path('b'))
    )();
  });

  it('stops waiting when told to', async () => {
    const unlock = await lock(path('lock'));
    const abort = new AbortController();
    const waiting = lock(path('lock'), { signal: abort.signal, waiting: () => abort.abort(new Error('enough')) });
    await expect(waiting).rejects.toThrow('enough');
    await unlock();
  });
});
