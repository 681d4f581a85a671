import { OptionError } from '../errors.ts';
import { exists } from '../files/read.ts';
import { createProgress, duration } from '../progress.ts';
import type { DemoResult } from '../recipes/demo.ts';
import { examples, interruptible, sayJson, sayResult, wholeNumber, type Command } from './program.ts';

interface Options {
  data?: string;
  people: number;
  size: number;
  epochs: number;
  seed: number;
  run?: string;
  json?: boolean;
}

/** `rxface demo`: what `npm start` runs, the whole of it in two minutes. */
export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description('train a small network on drawn faces and verify it on people it never saw')
    .option('--data <src>', 'real faces instead of drawn ones: folder, tar, .rec or shards')
    .option('--people <n>', 'people to train on; a quarter as many are verified on', wholeNumber(10), 200)
    .option('--size <px>', 'pixels of a side', wholeNumber(16), 64)
    .option('--epochs <n>', 'times that training sees every face', wholeNumber(1), 10)
    .option('--seed <n>', 'other faces, other weights, another order', wholeNumber(0), 7)
    .option('--run <dir>', 'run folder (default: runs/demo, or the first free of runs/demo-2, ...)')
    .option('--json', 'print one JSON object; rates are fractions')
    .addHelpText(
      'after',
      examples(
        ['rxface demo', 'draws faces, trains on them, writes runs/demo/report.html'],
        ['rxface demo --data faces/ --people 100', 'the same with a folder of real people'],
      ),
    )
    .action(async ({ json, run: given, ...options }: Options) => {
      if (options.size % 16 !== 0 || options.size > 112)
        throw new OptionError('demo', '--size', 'a multiple of 16, at most 112', options.size);
      const { demo } = await import('../recipes/demo.ts');
      const run = given ?? (await freeFolder('runs/demo'));
      await interruptible('', async (signal) => {
        const result = await demo({ ...options, run, signal, progress: createProgress() });
        if (json) sayJson(result);
        else sayResult(table(result));
      });
    });
}

/** The folder, or where something is there, the first of NAME-2, NAME-3, ... that is free. */
async function freeFolder(name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const folder = number === 1 ? name : `${name}-${number}`;
    if (!(await exists(folder))) return folder;
  }
}

function table(result: DemoResult): string {
  const { untrained, trained, people, images, unseen, reducedTo, imagesPerSecond, seconds } = result;
  const number = (value: number): string => value.toLocaleString('en-GB');
  const row = (name: string, ...cells: string[]): string =>
    name.padEnd(28) + cells.map((cell) => cell.padStart(11)).join('');
  const percent = (rate: number): string => `${(100 * rate).toFixed(2)} %`;
  return [
    '',
    `Verification on ${unseen.people} people never trained on, ${number(unseen.pairs)} pairs, half of them of one person`,
    '',
    row('', 'untrained', 'trained'),
    row('clean', percent(untrained.accuracy), percent(trained.accuracy)),
    row(`reduced to ${reducedTo} pixels`, percent(untrained.degraded), percent(trained.degraded)),
    row('by chance', percent(0.5), percent(0.5)),
    '',
    `Trained on ${number(images)} faces of ${people} people, ${Math.round(imagesPerSecond)} images a second; ${duration(seconds)} in all`,
    `report   ${result.report}`,
    `config   ${result.run}/demo.yaml, to copy; \`rxface train\` takes it`,
  ].join('\n');
}
