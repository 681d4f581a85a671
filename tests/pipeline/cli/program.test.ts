import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileError, OptionError } from '../../../pipeline/errors.ts';
import {
  collect,
  createProgram,
  errorText,
  interruptible,
  runProgram,
  wholeNumber,
} from '../../../pipeline/cli/program.ts';

let said = '';
beforeEach(() => {
  said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((said += String(text)), true));
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((said += String(text)), true));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

function runs(action: () => Promise<void>, ...args: string[]): Promise<number> {
  const program = createProgram('1.2.3');
  program
    .command('work')
    .option('--batch <n>', 'images', wholeNumber(1))
    .option('--set <s>', '', collect, [])
    .action(action);
  return runProgram(program, ['work', ...args]);
}

describe('runProgram', () => {
  it('gives 0 for done, and for help and version asked for', async () => {
    expect(await runs(async () => {})).toBe(0);
    expect(await runProgram(createProgram('1.2.3'), ['--version'])).toBe(0);
    expect(said).toContain('1.2.3');
    expect(await runProgram(createProgram('1.2.3'), ['--help'])).toBe(0);
    expect(said).toContain('130 interrupted');
  });

  it('gives 1 for what failed and 2 for wrong use, each in one line without a stack', async () => {
    const failing = (error: Error) => runs(async () => Promise.reject(error));
    expect(await failing(new FileError('a.rec', 'there is no such file or folder'))).toBe(1);
    expect(await failing(new OptionError('batch', 'count', 'at least 1', 0))).toBe(2);
    expect(said.split('\n')).toEqual([
      'rxface: a.rec: there is no such file or folder',
      'rxface: batch: count must be at least 1, received 0',
      '',
    ]);
  });

  it('gives 2 for an unknown option, an unknown command and a number out of range', async () => {
    expect(await runs(async () => {}, '--bathc', '3')).toBe(2);
    expect(said).toContain('--bathc');
    expect(await runs(async () => {}, '--batch', '0')).toBe(2);
    expect(said).toContain('must be a whole number of at least 1');
    expect(await runProgram(createProgram('1'), ['trian'])).toBe(2);
  });

  it('gives the code a command has set, such as 130 for interrupted', async () => {
    expect(await runs(async () => void (process.exitCode = 130))).toBe(130);
  });
});

describe('interruptible', () => {
  it('asks once, ends at once the second time, and leaves no listener', async () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    const listeners = process.listenerCount('SIGINT');
    await interruptible(': soon', async (signal) => {
      process.emit('SIGINT');
      expect([signal.aborted, exit.mock.calls.length]).toEqual([true, 0]);
      process.emit('SIGINT');
      expect(exit).toHaveBeenCalledWith(130);
      signal.throwIfAborted();
    });
    expect(said).toBe('rxface: interrupted: soon\n');
    expect(process.exitCode).toBe(130);
    expect(process.listenerCount('SIGINT')).toBe(listeners);
  });

  it('still shows what failed otherwise', async () => {
    const failing = interruptible('', async () => {
      process.emit('SIGINT');
      throw new FileError('a', 'the disk is full');
    });
    await expect(failing).rejects.toThrow('a: the disk is full');
  });
});

describe('errorText', () => {
  it('shows the stack only of what is no user mistake', () => {
    expect(errorText(new TypeError('x'))).toMatch(/TypeError: x\n\s+at /);
    expect(errorText(new FileError('f', 'gone'))).toBe('rxface: f: gone');
  });
});
