#!/usr/bin/env node
import { createRequire } from 'node:module';
import { benchCommand } from './bench.ts';
import { embedCommand } from './embed.ts';
import { engineCommand } from './engine.ts';
import { evaluateCommand } from './evaluate.ts';
import { inspectCommand } from './inspect.ts';
import { createProgram, runProgram } from './program.ts';
import { trainCommand } from './train.ts';

// A reader that closes the pipe early (`rxface inspect ... | head`) is no fault of the command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const { version } = createRequire(import.meta.url)('rxface/package.json') as { version: string };
const program = createProgram(version);
for (const add of [engineCommand, trainCommand, embedCommand, evaluateCommand, inspectCommand, benchCommand]) {
  add(program);
}
process.exitCode = await runProgram(program, process.argv.slice(2));
