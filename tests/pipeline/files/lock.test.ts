import { execFile } from 'node:child_process';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
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

  it('takes over from a process that is gone, also one that had the same id, and from one long silent', async () => {
    for (const id of [2 ** 22 + 1, process.pid]) {
      await writeFile(path('a'), JSON.stringify({ id, host: hostname() }));
      await (
        await lock(path('a'))
      )();
    }
    await writeFile(path('b'), JSON.stringify({ id: 1, host: 'another machine' }));
    await utimes(path('b'), new Date(0), new Date(0));
    await (
      await lock(path('b'))
    )();
  });

  it('lets one process in at a time, also when many take over from one that is gone', async () => {
    const rounds = 15;
    for (let k = 0; k < rounds; k += 1)
      await writeFile(path(`lock-${k}`), JSON.stringify({ id: 2 ** 22 + 1, host: hostname() }));
    const entry = new URL('../../../dist/pipeline/files/lock.js', import.meta.url).href;
    // All begin a round at the same time; a file that none but the holder may make tells whether somebody else is in.
    const script = `
      import { setTimeout as until } from 'node:timers/promises';
      import { rmSync, writeFileSync } from 'node:fs';
      import { lock } from '${entry}';
      for (let k = 0; k < ${rounds}; k += 1) {
        await until(Math.max(0, ${Date.now() + 2000} + 60 * k - Date.now()));
        const unlock = await lock('lock-' + k);
        writeFileSync('inside-' + k, '', { flag: 'wx' });
        await until(3);
        rmSync('inside-' + k);
        await unlock();
      }`;
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: path() });
    await Promise.all(Array.from({ length: 5 }, run));
    expect(await readdir(path())).toEqual([]);
  });

  it('waits for a silent one as long as it is told to, not at all where the waiting is refused', async () => {
    await writeFile(path('c'), JSON.stringify({ id: 1, host: 'another machine' }));
    const minute = Date.now() / 1000 - 60;
    await utimes(path('c'), minute, minute);
    const refused = (id: number): never => {
      throw new Error(`held by ${id}`);
    };
    await expect(lock(path('c'), { patience: 120_000, waiting: refused })).rejects.toThrow('held by 1');
    await (
      await lock(path('c'), { waiting: refused })
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
