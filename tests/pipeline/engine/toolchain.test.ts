import { chmod, writeFile } from 'node:fs/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { checkPlatform, findToolchain, ToolchainError } from '../../../pipeline/engine/toolchain.ts';
import { scratchFolder } from '../files/scratch.ts';
import { hasTools } from './fakeWheel.ts';

const { path } = scratchFolder();
afterEach(() => vi.unstubAllEnvs());

const script = async (name: string, text: string): Promise<void> => {
  await writeFile(path(name), `#!/bin/sh\n${text}\n`);
  await chmod(path(name), 0o755);
};

it('names everything that PATH lacks, and the cure', async () => {
  vi.stubEnv('PATH', path());
  vi.stubEnv('CXX', undefined);
  const error = (await findToolchain().catch((e: unknown) => e)) as ToolchainError;
  expect(error).toBeInstanceOf(ToolchainError);
  expect(error.message).toBe(
    'Python 3 and a C++ compiler cannot be found on PATH. ' +
      'Install python3, python3-pip, g++ (apt-get install python3 python3-pip g++), then run `rxface engine install`.',
  );
  await writeFile(path('python3'), '', { mode: 0o644 });
  await writeFile(path('g++'), '', { mode: 0o644 });
  await expect(findToolchain()).rejects.toThrow(/^Python 3 and a C\+\+ compiler cannot be found on PATH/);
  await script('python3', 'exit 3');
  await script('c++', 'exit 0');
  await expect(findToolchain()).rejects.toThrow(/^pip cannot be found on PATH\. Install python3-pip/);
  await script('python3', 'exit 0');
  expect(await findToolchain()).toEqual({ python: 'python3', compiler: 'c++' });
});

it.skipIf(!hasTools())('finds them here (needs Python, pip and a compiler)', async () => {
  expect((await findToolchain()).python).toMatch(/^python/);
});

it('knows where the wheels run', () => {
  const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
  expect(() => checkPlatform()).toThrow(/^this is darwin .*\. TensorFlow 2\.21 installs on Linux x64/);
  platform.mockReturnValue('linux');
  const arch = vi.spyOn(process, 'arch', 'get').mockReturnValue('x64');
  const report = vi.spyOn(process.report, 'getReport');
  report.mockReturnValue({ header: {} } as unknown as ReturnType<typeof process.report.getReport>);
  expect(() => checkPlatform()).toThrow('this Linux has musl');
  report.mockReturnValue({ header: { glibcVersionRuntime: '2.17' } } as unknown as ReturnType<
    typeof process.report.getReport
  >);
  expect(() => checkPlatform()).toThrow('glibc 2.17 is older than 2.27');
  for (const spy of [platform, arch, report]) spy.mockRestore();
});
