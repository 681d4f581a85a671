import { mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineError } from '../../../pipeline/errors.ts';
import { installEngine, removeEngine, type InstallParts } from '../../../pipeline/engine/install.ts';
import { bindingPath, linkedFolder } from '../../../pipeline/engine/place.ts';
import { scratchFolder } from '../files/scratch.ts';
import { fakeWheel, hasTools } from './fakeWheel.ts';

const { path } = scratchFolder();
let file: string;
let parts: InstallParts;
let built: number;

beforeEach(async () => {
  if (!hasTools()) return;
  await mkdir(path('wheels'));
  await mkdir(path('package'));
  const fake = fakeWheel(path('wheels'));
  file = fake.file;
  built = 0;
  parts = {
    release: fake.release,
    packageAt: path('package'),
    build: async (folder) => {
      built++;
      await writeFile(`${folder}/tfjs_binding.node`, 'a binding');
    },
  };
  vi.stubEnv('RXFACE_CACHE', path('cache'));
  // pip finds the wheel here and asks nobody else.
  vi.stubEnv('PIP_NO_INDEX', '1');
  vi.stubEnv('PIP_FIND_LINKS', path('wheels'));
});
afterEach(() => vi.unstubAllEnvs());

describe.skipIf(!hasTools())('installEngine (needs Python, pip and a compiler)', () => {
  it('says what and where, keeps the libraries only, links, and is undone by removeEngine', async () => {
    const said: string[] = [];
    const folder = await installEngine({ say: (line) => said.push(line) }, parts);
    expect(said[0]).toMatch(/^engine: TensorFlow 1\.0 .*downloads 1 MB, 1 MB in .*cache\/engine/);
    expect(await readdir(folder)).toEqual(['tensorflow', 'tfjs_binding.node']);
    expect(await readdir(`${folder}/tensorflow`)).toEqual(['libtensorflow_cc.so.2']);
    expect(await readFile(bindingPath(parts.packageAt), 'utf8')).toBe('a binding');
    expect(await linkedFolder(parts.packageAt)).toBe(folder);
    expect(await installEngine({}, parts)).toBe(folder);
    expect(built).toBe(1);
    expect(await removeEngine(parts)).toEqual([bindingPath(parts.packageAt), folder]);
    expect(await readdir(path('cache'))).toEqual([]);
    expect(await linkedFolder(parts.packageAt)).toBeUndefined();
    expect(await removeEngine(parts)).toEqual([]);
  });

  it('takes a wheel from the disk', async () => {
    vi.stubEnv('PIP_FIND_LINKS', '');
    const said: string[] = [];
    await installEngine({ wheel: file, say: (line) => said.push(line) }, parts);
    expect(said[0]).toContain(`takes ${file}`);
  });

  it('works once when two calls race', async () => {
    const said: string[] = [];
    const both = [installEngine({ say: (line) => said.push(line) }, parts), installEngine({}, parts)];
    const [a, b] = await Promise.all(both);
    expect(a).toBe(b);
    expect(built).toBe(1);
    expect(await readlink(bindingPath(parts.packageAt))).toBe(`${a}/tfjs_binding.node`);
    expect((await readdir(path('cache', 'engine'))).length).toBe(1);
  });

  it('leaves nothing when interrupted, and sweeps what a killed one left', async () => {
    const abort = new AbortController();
    const broken = installEngine({ signal: abort.signal, say: () => setTimeout(() => abort.abort(), 50) }, parts);
    await expect(broken).rejects.toThrow(/was interrupted/);
    expect(await readdir(path('cache', 'engine'))).toEqual([]);
    await mkdir(path('cache', 'engine', `.tensorflow.aside-${2 ** 22 + 1}-0`));
    const folder = await installEngine({}, parts);
    expect(await readdir(path('cache', 'engine'))).toEqual([folder.split('/').at(-1)]);
  });

  it('refuses a wheel with another hash, in one line', async () => {
    await writeFile(file, Buffer.concat([await readFile(file), Buffer.from('!')]));
    const error = (await installEngine({ wheel: file }, parts).catch((e: unknown) => e)) as EngineError;
    expect(error).toBeInstanceOf(EngineError);
    expect(error.message).toMatch(/is not the pinned one: expected sha256 \w{64}, received \w{64}\. .*nothing of/);
    expect(error.message).not.toContain('\n');
    expect(await readdir(path('cache', 'engine'))).toEqual([]);
    expect(await linkedFolder(parts.packageAt)).toBeUndefined();
  });

  it('says what pip could not bring, and what the build could not do', async () => {
    vi.stubEnv('PIP_FIND_LINKS', '');
    await expect(installEngine({}, parts)).rejects.toThrow(/pip could not bring TensorFlow: .*fake-flow==1\.0/);
    vi.stubEnv('PIP_FIND_LINKS', path('wheels'));
    const build = (): Promise<void> => Promise.reject(new EngineError('no', 'yes'));
    await expect(installEngine({}, { ...parts, build })).rejects.toThrow('no. yes');
    expect(await readdir(path('cache', 'engine'))).toEqual([]);
  });

  it('asks for room first', async () => {
    const release = { ...parts.release, unpackedBytes: 1e18 };
    await expect(installEngine({}, { ...parts, release })).rejects.toThrow(/GB free and .* GB are needed\. Free some/);
  });
});
