import { spawn } from 'node:child_process';
import { EngineError } from '../errors.ts';

export interface CommandResult {
  code: number;
  stdout: string;
  /** The last 64 kB. */
  stderr: string;
}

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Stops the command, and this call throws. */
  signal?: AbortSignal;
  /** Lets the user see its stdout as it comes, on stderr. */
  show?: boolean;
}

/** Runs a command to its end; undefined where there is no such command. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      signal: options.signal,
      stdio: ['ignore', options.show ? 2 : 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-65_536)));
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (options.signal?.aborted) reject(new EngineError(`${command} was interrupted`, 'Nothing is left half done.'));
      else if (error.code === 'ENOENT') resolve(undefined);
      else reject(error);
    });
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

/** The last line that says something, for a message of one line. */
export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
