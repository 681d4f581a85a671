import { access, writeFile } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import { lastLine, runCommand } from '../../../pipeline/engine/command.ts';
import { scratchFolder } from '../files/scratch.ts';

const { path } = scratchFolder();

it('runs to the end and gives code and text back', async () => {
  const script = `console.log('out'); console.error('a\\nb'); process.exitCode = 3`;
  const done = await runCommand(process.execPath, ['-e', script]);
  expect(done).toEqual({ code: 3, stdout: 'out\n', stderr: 'a\nb\n' });
  expect(lastLine(done?.stderr ?? '')).toBe('b');
});

it('is undefined for a command that does not exist', async () => {
  expect(await runCommand('no-such-command-anywhere', [])).toBeUndefined();
});

it('is undefined for a file that cannot be run', async () => {
  await writeFile(path('g++'), 'no program', { mode: 0o644 });
  expect(await runCommand(path('g++'), [])).toBeUndefined();
  expect(await runCommand(path('g++', 'g++'), [])).toBeUndefined();
});

it('throws only when what it stopped has ended', async () => {
  const abort = new AbortController();
  const script = `
    const { writeFileSync } = require('node:fs');
    process.on('SIGTERM', () => setTimeout(() => process.exit(writeFileSync('last', '')), 300));
    writeFileSync('first', '');
    setInterval(() => {}, 1000);`;
  const running = runCommand(process.execPath, ['-e', script], { cwd: path(), signal: abort.signal });
  running.catch(() => {});
  await vi.waitFor(() => access(path('first')), { timeout: 5000 });
  abort.abort();
  await expect(running).rejects.toThrow('was interrupted');
  await access(path('last'));
});

it('stops when told to', async () => {
  const abort = new AbortController();
  const running = runCommand(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { signal: abort.signal });
  abort.abort();
  await expect(running).rejects.toThrow('was interrupted');
});
