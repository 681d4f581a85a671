import { basename, extname, join } from 'node:path';
import { createProgress } from '../progress.ts';
import { collect, examples, EXIT, interruptible, sayJson, sayResult, wholeNumber, type Command } from './program.ts';

interface Options {
  set: string[];
  run?: string;
  variant: string[];
  seed: number[];
  table?: boolean;
  json?: boolean;
}

/** `rxface sweep`: variants of one config times seeds, and one table. */
export function sweepCommand(program: Command): void {
  const seed = wholeNumber(0);
  program
    .command('sweep')
    .description('train variants of one config with several seeds, and compare them in one table')
    .argument('<config>', 'YAML or JSON with base, seeds and variants')
    .option('--set <a.b=value>', 'a value over the config of every variant; may be given often', collect, [])
    .option('--run <dir>', 'folder of the runs and the table (default: runs/NAME-OF-THE-CONFIG)')
    .option('--variant <name>', 'train only this one; may be given often', collect, [])
    .option(
      '--seed <n>',
      'train only with this one; may be given often',
      (text, before: number[]) => [...before, seed(text)],
      [],
    ) // prettier-ignore
    .option('--table', 'train nothing: only make the table of what is finished')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples(
        ['rxface sweep ablation.yaml', 'train all that is not finished; writes sweep.md and sweep.json'],
        ['rxface sweep ablation.yaml --seed 1 --variant CosFace', 'a part of it'],
        ['rxface sweep ablation.yaml --table', 'only the table'],
      ),
    )
    .action(sweepAction);
}

async function sweepAction(file: string, { set, run, variant, seed, table, json }: Options): Promise<void> {
  const { sweep } = await import('../recipes/sweep.ts');
  const { tableText } = await import('../recipes/sweepTable.ts');
  const folder = run ?? join('runs', basename(file, extname(file)));
  await interruptible(': a checkpoint comes after this step; the same command goes on', async (stop) => {
    const only = { variants: variant, seeds: seed };
    const progress = createProgress();
    const outcome = await sweep({ file, sets: set, folder, only, tableOnly: table === true, stop, progress });
    if (json) sayJson(outcome);
    else sayResult(tableText(outcome).trimEnd());
    if (outcome.failed.length > 0) process.exitCode = EXIT.failed;
  });
}
