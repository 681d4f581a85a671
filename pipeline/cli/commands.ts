import { benchCommand } from './bench.ts';
import { convertCommand } from './convert.ts';
import { demoCommand } from './demo.ts';
import { embedCommand } from './embed.ts';
import { engineCommand } from './engine.ts';
import { evaluateCommand } from './evaluate.ts';
import { graphCommand } from './graph.ts';
import { inspectCommand } from './inspect.ts';
import type { Command } from './program.ts';
import { reportCommand } from './report.ts';
import { sweepCommand } from './sweep.ts';
import { trainCommand } from './train.ts';
import { verifyCommand } from './verify.ts';

/** Every command, in the order in which the help lists them: a new one is a line here. */
const COMMANDS = [
  demoCommand,
  engineCommand,
  trainCommand,
  sweepCommand,
  embedCommand,
  evaluateCommand,
  verifyCommand,
  inspectCommand,
  convertCommand,
  graphCommand,
  reportCommand,
  benchCommand,
];

/** Adds every command to a program. */
export function addCommands(program: Command): Command {
  for (const add of COMMANDS) add(program);
  return program;
}
