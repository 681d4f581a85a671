import { expect, it } from 'vitest';
import { lastLine, runCommand } from '../../../pipeline/engine/command.ts';

it('runs to the end and gives code and text back', async () => {
  const script = `console.log('out'); console.error('a\\nb'); process.exitCode = 3`;
  const done = await runCommand(process.execPath, ['-e', script]);
  expect(done).toEqual({ code: 3, stdout: 'out\n', stderr: 'a\nb\n' });
  expect(lastLine(done?.stderr ?? '')).toBe('b');
});

it('is undefined for a command that does not exist', async () => {
  expect(await runCommand('no-such-command-anywhere', [])).toBeUndefined();
});

it('stops when told to', async () => {
  const abort = new AbortController();
  const running = runCommand(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { signal: abort.signal });
  abort.abort();
  await expect(running).rejects.toThrow('was interrupted');
});
