#!/usr/bin/env node
import { createRequire } from 'node:module';
import { addCommands } from './commands.ts';
import { createProgram, runProgram } from './program.ts';

// A reader that closes the pipe early (`rxface inspect ... | head`) is no fault of the command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const { version } = createRequire(import.meta.url)('rxface/package.json') as { version: string };
process.exitCode = await runProgram(addCommands(createProgram(version)), process.argv.slice(2));
