import { spawn } from 'node:child_process';
import { EngineError } from '../errors.ts';
import { systemCode } from '../files/read.ts';

export interface CommandResult {
  code: number;
  stdout: string;
  /** The last 64 kB. */
  stderr: string;
}

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Stops the command, and this call throws once it has ended: then nothing of it writes any more. */
  signal?: AbortSignal;
  /** Lets the user see its stdout as it comes, on stderr. */
  show?: boolean;
}

/** What the system says of a name that is no command it can run. */
const NO_COMMAND = ['ENOENT', 'EACCES', 'ENOTDIR', 'ENOEXEC'];

/** Runs a command to its end; undefined where there is no such command, or none that can be run. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult | undefined> {
  try {
    return await run(command, args, options);
  } catch (error) {
    if (NO_COMMAND.includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}

function run(command: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
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
    let interrupted = false;
    child.on('error', (error) => {
      if (error.name === 'AbortError') interrupted = true;
      else reject(error);
    });
    child.on('close', (code) => {
      if (interrupted) reject(new EngineError(`${command} was interrupted`, 'Nothing is left half done.'));
      else resolve({ code: code ?? 1, stdout, stderr });
    });
  });
}

/** The last line that says something, for a message of one line. */
export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
