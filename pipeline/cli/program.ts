import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { OptionError, RxfaceError } from '../errors.ts';

export type { Command } from 'commander';

/** Exit codes of every command. */
export const EXIT = { done: 0, failed: 1, wrongUse: 2, interrupted: 130 } as const;

/** What `--model` takes. */
export const MODEL_OPTION =
  'run folder, checkpoint folder, .safetensors, a PyTorch checkpoint of AdaFace, CVLface, insightface or MagFace, or .onnx; or untrained:NAME, a network with first weights (untrained:ir10)';

/** What `--input` takes. */
export const INPUT_OPTION =
  'how an ONNX network takes its pixels: rgb or bgr, a colon, and -1..1, 0..1, 0..255 or imagenet (bgr:0..1)';

/** The empty program; every command file adds its own command to it. */
export function createProgram(version: string): Command {
  return (
    new Command('rxface')
      .description('Face-recognition training and evaluation as backpressured pipelines, on TensorFlow.')
      .version(version)
      .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
      .exitOverride()
      // What stands behind the name of a command is that command's.
      .enablePositionalOptions()
      .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong use, 130 interrupted (with a checkpoint written).')
  );
}

/** Commander's messages in the form of ours: one line, with the proposal behind. */
function oneLine(text: string): string {
  return `${text
    .trim()
    .replace(/^error:/, 'rxface:')
    .replaceAll('\n', ' ')}\n`;
}

/** The end of a command's help: command lines that work as they stand, each with a word on what it does. */
export function examples(...lines: readonly [command: string, effect: string][]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `\nExamples:\n${lines.map(([command, effect]) => `  ${command.padEnd(width)}  ${effect}`).join('\n')}`;
}

/**
 * Runs one command line and says how it ended; never throws and never exits by itself.
 *
 * A command that was interrupted, or that failed without an error to show, sets `process.exitCode`.
 */
export async function runProgram(program: Command, args: readonly string[]): Promise<number> {
  try {
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
    say(errorText(error));
    return error instanceof RxfaceError ? error.exitCode : EXIT.failed;
  }
}

/**
 * Runs work that Ctrl-C ends in order: the first asks for it through the signal, a second one ends the process at once.
 *
 * Afterwards the exit code is 130; the abortion itself is no error to show.
 * @param notice what is said at the first Ctrl-C
 */
export async function interruptible(notice: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  const onSignal = (): void => {
    if (abort.signal.aborted) return process.exit(EXIT.interrupted);
    say(`rxface: interrupted${notice}`);
    process.exitCode = EXIT.interrupted;
    abort.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    await work(abort.signal);
  } catch (error) {
    if (!abort.signal.aborted || (error as Error | undefined)?.name !== 'AbortError') throw error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** A user's mistake in one line per fault; a mistake of ours with its stack, since only that says where. */
export function errorText(error: unknown): string {
  if (error instanceof RxfaceError) {
    return error.message
      .split('\n')
      .map((line) => `rxface: ${line}`)
      .join('\n');
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** A line for people: progress and logs go to stderr, so that stdout stays clean for `--json`. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The one JSON object that `--json` prints on stdout. */
export function sayJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** The result of a command, for people, on stdout. */
export function sayResult(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Parser of an option that is a whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least || text.trim() === '') {
      throw new InvalidArgumentError(`must be a whole number of at least ${least}`);
    }
    return value;
  };
}

/** Parser of an option that may be given many times. */
export function collect(text: string, before: string[]): string[] {
  return [...before, text];
}

/** The one of a few words that an option was given. @throws OptionError naming them all */
export function oneOf<T extends string>(choices: readonly T[], command: string, option: string, given: string): T {
  const found = choices.find((choice) => choice === given);
  if (found === undefined)
    throw new OptionError(command, option, choices.map((choice) => `'${choice}'`).join(' or '), given);
  return found;
}
