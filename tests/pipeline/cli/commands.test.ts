import { describe, expect, it } from 'vitest';
import { addCommands } from '../../../pipeline/cli/commands.ts';
import { createProgram, type Command } from '../../../pipeline/cli/program.ts';

/** A program that parses as the real one does, and does nothing. */
function idle(): Command {
  const program = addCommands(createProgram('0.0.0'));
  for (const { command } of commands(program)) command.exitOverride().action(() => {});
  return program;
}

/** Every command that a help lists, those below another included, with the words that call it. */
function commands(parent: Command, path = ''): { path: string; command: Command }[] {
  return parent
    .createHelp()
    .visibleCommands(parent)
    .filter((command) => command.name() !== 'help')
    .flatMap((command) => {
      const own = `${path}${command.name()}`;
      return [{ path: own, command }, ...commands(command, `${own} `)];
    });
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}

/** The command lines under 'Examples:', without what they do. */
function examplesIn(help: string): string[] {
  const [, after = ''] = help.split('\nExamples:\n');
  return after.split('\n').flatMap((line) => /^ {2}(rxface .*?)(?: {2,}|$)/.exec(line)?.[1] ?? []);
}

/** The words of a command line as a shell makes them. */
function words(line: string): string[] {
  return (line.match(/(?:'[^']*'|"[^"]*"|\S)+/g) ?? []).map((word) => word.replaceAll(/['"]/g, ''));
}

const all = commands(addCommands(createProgram('0.0.0')));

describe.each(all)('rxface $path --help', ({ path, command }) => {
  const lines = examplesIn(helpOf(command));

  it('shows at least two examples', () => {
    expect(lines.length).toBeGreaterThanOrEqual(2);
    for (const line of lines) expect(line.startsWith(`rxface ${path.split(' ')[0]!}`)).toBe(true);
  });

  it.each(lines)('%s', async (line) => {
    await idle().parseAsync(words(line).slice(1), { from: 'user' });
  });
});

it('finds an example that does not work as it stands', async () => {
  await expect(idle().parseAsync(['train', 'my.yaml', '--sett', 'a=1'], { from: 'user' })).rejects.toThrow('--sett');
  expect(words(`rxface train a.yaml --set "data.root=/my faces"`).at(-1)).toBe('data.root=/my faces');
});
