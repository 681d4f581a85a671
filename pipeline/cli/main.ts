#!/usr/bin/env node
import { createProgram, runProgram, type Command } from './program.ts';

const COMMANDS = ['engine', 'train', 'embed', 'evaluate', 'inspect', 'bench'];

// A reader that closes the pipe early (`rxface inspect ... | head`) is no fault of the command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const program = createProgram('0.1.0');
for (const name of COMMANDS) {
  try {
    const module = (await import(new URL(`./${name}.js`, import.meta.url).href)) as Record<
      string,
      (p: Command) => void
    >;
    module[`${name}Command`]?.(program);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
  }
}
process.exitCode = await runProgram(program, process.argv.slice(2));
