#!/usr/bin/env node
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { addCommands } from './commands.ts';
import { createProgram, runProgram } from './program.ts';

// A reader that closes the pipe early (`rxface inspect ... | head`) is no fault of the command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// V8 shrinks the heap of a process that waits, and then collects at every few megabytes of pixels that come and go: hundreds of
// collections in a few seconds of loading, which take a quarter of two processors.
setFlagsFromString('--no-memory-reducer');

const { version } = createRequire(import.meta.url)('rxface/package.json') as { version: string };
process.exitCode = await runProgram(addCommands(createProgram(version)), process.argv.slice(2));
