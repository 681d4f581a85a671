import { execFileSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { compileOperations, ensureOperations, loadOperations } from '../../../pipeline/engine/operations.ts';
import { hasOperations, nativeBackend, startEngine } from '../../../pipeline/engine/load.ts';
import { linkedFolder } from '../../../pipeline/engine/place.ts';
import { findCompiler } from '../../../pipeline/engine/toolchain.ts';
import { scratchFolder } from '../files/scratch.ts';

const { path } = scratchFolder();
const compiler = process.platform === 'linux' && process.arch === 'x64' ? await findCompiler() : undefined;

/** An engine's folder as far as compiling looks at it. */
async function fakeEngine(): Promise<void> {
  await mkdir(path('tensorflow', 'include'), { recursive: true });
  const library = path('tensorflow', 'libtensorflow_framework.so.2');
  execFileSync(compiler!, ['-shared', '-x', 'c++', '/dev/null', '-o', library]);
}

describe('operations', () => {
  it('are left alone where the engine has no headers, or is a stock prebuilt', async () => {
    expect(await compileOperations(path(), { compiler: 'no-such-compiler' })).toBe(false);
    expect(await loadOperations(path())).toBe(false);
  });

  it.skipIf(compiler === undefined)('that cannot be compiled are said in one line, and nothing is left', async () => {
    await fakeEngine();
    const say = vi.fn<(line: string) => void>();
    await ensureOperations(path(), { say });
    expect(say.mock.calls).toEqual([
      [expect.stringMatching(/^engine: .* could not compile the operations: .*error: /)],
    ]);
    expect((await readdir(path())).filter((name) => name.startsWith('operations'))).toEqual([]);
  });

  it.skipIf(compiler === undefined)('that do not fit the process are not loaded, and do not end it', async () => {
    await fakeEngine();
    const folder = await linkedFolder();
    const there = folder === undefined ? [] : (await readdir(folder)).filter((name) => name.startsWith('operations'));
    await writeFile(path('broken.node'), 'no library');
    for (const name of there) await writeFile(path(name), 'no library');
    expect(await loadOperations(path())).toBe(false);
  });

  it('are there after `engine ensure`, compiled once, and refuse what they are not for', async ({ skip }) => {
    const { backend } = await startEngine();
    const folder = await linkedFolder();
    if (backend !== 'native' || folder === undefined) skip('the native engine is not installed');
    if (!hasOperations()) skip('the operations are not compiled here: `rxface engine ensure`');
    expect(await compileOperations(folder!, { compiler: 'no-such-compiler' })).toBe(true);
    const float = nativeBackend().binding.TF_FLOAT;
    const short = { name: 'T', type: nativeBackend().binding.TF_ATTR_TYPE, value: float + 1 };
    expect(() => nativeBackend().executeSingleOutput('RxfaceBatchNorm', [short], [])).toThrow();
  });
});
