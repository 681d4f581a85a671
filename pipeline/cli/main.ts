#!/usr/bin/env node
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { addCommands } from './commands.ts';
import { createProgram, runProgram } from './program.ts';

// A reader that closes the pipe early (`rxface inspect ... | head`) is no fault of the command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// V8 collects when the heap has grown by a factor since the last time, and counts pixels to it: after a process has waited that
// factor is so near one that a few seconds of loading set off hundreds of collections, a quarter of two processors. Here it is four.
setFlagsFromString('--heap-growing-percent=300');

const { version } = createRequire(import.meta.url)('rxface/package.json') as { version: string };
process.exitCode = await runProgram(addCommands(createProgram(version)), process.argv.slice(2));
