import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { installStock } from '../../../pipeline/engine/stock.ts';
import { scratchFolder } from '../files/scratch.ts';

const { path } = scratchFolder();
beforeEach(() => mkdir(path('scripts')));
afterEach(() => vi.unstubAllGlobals());

it('says so when the host is out of reach', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new Error('no network')));
  await expect(installStock(undefined, path())).rejects.toThrow(
    /^the stock prebuilt cannot be reached\. .*WebAssembly/,
  );
});

it("runs the package's own script, and clears up when that fails", async () => {
  vi.stubGlobal('fetch', () => Promise.resolve());
  const say = vi.fn<(line: string) => void>();
  await writeFile(path('scripts', 'install.js'), `require('fs').mkdirSync('deps')`);
  await installStock(say, path());
  expect(say).toHaveBeenCalledOnce();
  expect(await readdir(path())).toContain('deps');
  await writeFile(path('scripts', 'install.js'), `console.error('half done'); process.exit(3)`);
  await expect(installStock(say, path())).rejects.toThrow('does not install: half done');
  expect(await readdir(path())).toEqual(['scripts']);
});
