import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../pipeline/engine/compile.ts';
import { scratchFolder } from '../files/scratch.ts';
import { hasTools } from './fakeWheel.ts';

const { path } = scratchFolder();

describe.skipIf(!hasTools() || process.platform !== 'linux')('compile (needs a compiler)', () => {
  it('builds both addons; the quiet one holds standard error, and lets a dying process speak', async () => {
    await mkdir(path('package', 'binding'), { recursive: true });
    await mkdir(path('out', 'tensorflow', 'include'), { recursive: true });
    await writeFile(path('package', 'binding', 'tfjs_backend.cc'), 'int one() { return 1; }');
    await writeFile(path('package', 'binding', 'tfjs_binding.cc'), 'int one(); int two() { return one() + one(); }');
    for (const name of ['cc', 'framework'])
      execFileSync('g++', [
        '-shared',
        '-x',
        'c++',
        '/dev/null',
        '-o',
        path('out', 'tensorflow', `libtensorflow_${name}.so.2`),
      ]);
    await compile(path('out'), path('package'), { compiler: 'g++' });
    const run = (script: string): { stdout: string; stderr: string } =>
      spawnSync(process.execPath, ['-e', `const q = require('${path('out', 'quiet.node')}'); ${script}`], {
        encoding: 'utf8',
      });
    const say = (text: string): string => `require('fs').writeSync(2, '${text}')`;
    const held = run(`q.hold(); ${say('held')}; const text = q.release(); ${say('after')}; console.log(text)`);
    expect(held).toMatchObject({ stdout: 'held\n', stderr: 'after' });
    expect(run(`q.hold(); ${say('last words')}; process.abort()`).stderr).toContain('last words');
  });

  it("names the compiler's first error", async () => {
    await mkdir(path('package', 'binding'), { recursive: true });
    await writeFile(path('package', 'binding', 'tfjs_backend.cc'), '#error broken here');
    await mkdir(path('out'));
    await expect(compile(path('out'), path('package'), { compiler: 'g++' })).rejects.toThrow(
      /^g\+\+ could not compile tfjs_binding\.node: .*error: .*broken here/,
    );
  });
});
