import { basename, extname, join } from 'node:path';
import { OptionError } from '../errors.ts';
import { createProgress, duration } from '../progress.ts';
import type { EvaluationLine } from '../recipes/evaluations.ts';
import type { TrainResult } from '../recipes/train.ts';
import { dryRunText } from './dryRunText.ts';
import { collect, examples, interruptible, sayJson, sayResult, wholeNumber, type Command } from './program.ts';

interface Options {
  set: string[];
  run?: string;
  resume?: string;
  printConfig?: boolean;
  dryRun?: boolean;
  metricsPort?: number;
  json?: boolean;
}

/** `rxface train`: a config in, a run folder out. */
export function trainCommand(program: Command): void {
  program
    .command('train')
    .description('train a model as a config says, into a run folder')
    .argument('[config]', 'YAML or JSON; left out where --resume goes on with a run')
    .option('--set <a.b=value>', 'a value over the config; may be given often', collect, [])
    .option('--run <dir>', 'run folder (default: runs/NAME-OF-THE-CONFIG)')
    .option('--resume <run>', 'go on with this run from its newest checkpoint')
    .option('--print-config', 'only print the config with every default filled in')
    .option('--dry-run', 'check everything, try a few steps, say what the whole would take; nothing is written')
    .option(
      '--metrics-port <n>',
      'let a Prometheus on this machine read how it stands: 127.0.0.1:<n>/metrics',
      wholeNumber(0),
    )
    .option('--json', 'print one JSON object at the end')
    .addHelpText(
      'after',
      examples(
        ['rxface train my.yaml --set data.root=/data --run runs/mine', 'train into runs/mine'],
        ['rxface train my.yaml --dry-run', 'what it would do, and how long it would take'],
        ['rxface train --resume runs/mine', 'go on from its newest checkpoint'],
      ),
    )
    .action(trainAction);
}

async function trainAction(config: string | undefined, options: Options): Promise<void> {
  const { readConfig } = await import('../recipes/config.ts');
  const { configOf } = await import('../recipes/runFolder.ts');
  const file = config ?? (options.resume === undefined ? undefined : configOf(options.resume));
  if (file === undefined)
    throw new OptionError('train', 'CONFIG', 'a config file, or --resume with a run folder', 'nothing');
  const resolved = await readConfig(file, options.set);
  if (options.printConfig) {
    const { writeYaml } = await import('../recipes/yaml.ts');
    return options.json ? sayJson(resolved) : sayResult(writeYaml(resolved).trimEnd());
  }
  const resume = options.resume ?? resolved.resume;
  if (resume !== undefined && options.run !== undefined && options.run !== resume) {
    const expected = `left out, or ${resume}: a resumed run goes on in its own folder`;
    throw new OptionError('train', '--run', expected, options.run);
  }
  const run = resume ?? options.run ?? join('runs', basename(file, extname(file)));
  const progress = createProgress();
  if (options.dryRun) {
    if (resume !== undefined) throw new OptionError('train', '--dry-run', 'of a new run, not of one to resume', resume);
    const { dryRun } = await import('../recipes/dryRun.ts');
    return interruptible('; nothing is written', async (stop) => {
      const found = await dryRun({ config: resolved, run, stop, progress });
      if (options.json) sayJson(found);
      else sayResult(dryRunText(found));
    });
  }
  const { train } = await import('../recipes/train.ts');
  const { evaluationText } = await import('../recipes/evaluations.ts');
  await interruptible(': a checkpoint comes after this step; once more ends at once', async (stop) => {
    const { metricsPort } = options;
    const result = await train({
      config: resolved,
      run,
      resume: resume !== undefined,
      stop,
      progress,
      ...(metricsPort !== undefined && { metricsPort }),
    });
    if (options.json) sayJson(result);
    else sayResult(summary(result, evaluationText));
  });
}

function summary(result: TrainResult, evaluationText: (line: EvaluationLine) => string): string {
  const rate = `${Math.round(result.imagesPerSecond)} images a second`;
  const done = `${result.interrupted ? 'interrupted after' : 'trained'} ${result.steps} steps in ${duration(result.seconds)} (${rate}, evaluation aside)`;
  const lines = [
    result.images === 0 && !result.interrupted ? `no step was left to do: ${result.steps} were done before` : done,
    ...(result.faults > 0
      ? [`${result.faults} broken records, listed in ${join(result.run, 'quarantine.jsonl')}`]
      : []),
    ...result.evaluations.map((line) => `epoch ${line.epoch}: ${evaluationText(line)}`),
    ...(result.checkpoint === null ? [] : [`checkpoint ${result.checkpoint}`]),
    `report ${join(result.run, 'report.html')}`,
    ...(result.interrupted ? [`go on with: rxface train --resume ${result.run}`] : []),
  ];
  return lines.join('\n');
}
