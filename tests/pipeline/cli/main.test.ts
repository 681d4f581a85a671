import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const MAIN = at('dist/pipeline/cli/main.js');
const rxface = (...args: string[]) => spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });

describe.skipIf(!existsSync(MAIN))('rxface (needs the build: npm run build)', () => {
  it('says its version and its commands', () => {
    const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as { version: string };
    expect(rxface('--version').stdout.trim()).toBe(version);
    const { status, stdout } = rxface('--help');
    expect(status).toBe(0);
    for (const command of ['engine', 'train', 'embed', 'evaluate', 'inspect', 'bench'])
      expect(stdout).toContain(command);
  });

  it('ends with 2 and one line for a command it does not have', () => {
    const { status, stderr } = rxface('trian');
    expect([status, stderr]).toEqual([2, "rxface: unknown command 'trian' (Did you mean train?)\n"]);
  });
});
