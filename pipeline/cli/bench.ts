import type { ArchitectureName, MiningMode } from 'rxface/operators';
import { OptionError } from '../errors.ts';
import type { LoadBenchOptions } from './bench/load.ts';
import type { MetaBenchOptions } from './bench/meta.ts';
import type { MineBenchOptions } from './bench/mine.ts';
import type { Measured, MeasureOptions, Spread } from './bench/benchmark.ts';
import { examples, say, sayJson, sayResult, wholeNumber, type Command } from './program.ts';

export const MODELS: readonly ArchitectureName[] = ['ir10', 'ir18', 'ir34', 'ir50', 'ir101'];
const MINING_MODES: readonly MiningMode[] = ['argmaxDedup', 'meanTopK', 'maxMin', 'random', 'literal'];
const PRECISIONS = ['float32', 'bfloat16'];

interface Options extends MeasureOptions {
  json?: boolean;
}

/** `rxface bench NAME`: how fast it is, in turns with PyTorch where that is at hand. */
export function benchCommand(program: Command): void {
  const bench = program
    .command('bench')
    .description('measure how fast it is, in turns with others where they are at hand')
    .addHelpText(
      'afterAll',
      examples(
        ['rxface bench train --model ir18 --batch 16', 'a training step, in turns with PyTorch'],
        ['rxface bench decode --data lfw.tar --images 500', 'JPEG decoders on real files'],
        ['rxface bench links', 'what a link between two stages costs'],
      ),
    );
  const network = (name: string, description: string): Command =>
    bench
      .command(name)
      .description(description)
      .option('--model <name>', MODELS.join(', '), 'ir18')
      .option('--batch <n>', 'images a step', wholeNumber(2), 16)
      .option('--classes <n>', 'people in the head', wholeNumber(2), 1000)
      .option('--precision <name>', PRECISIONS.join(' or '), 'float32')
      .option('--steps <n>', 'steps in a round', wholeNumber(1), 5)
      .option('--rounds <n>', 'rounds that are timed; with PyTorch, pairs of rounds', wholeNumber(1), 5)
      .option('--peer <python>', 'a python that has PyTorch (default: python3, if it has)')
      .option('--no-peer', 'no turns with PyTorch')
      .option('--json', 'print one JSON object');
  network('train', 'a training step on random decoded images: CosFace, dropout, SGD').action((options: Options) =>
    measured(['train'], options),
  );
  network('embed', 'embeddings of random decoded images').action((options: Options) => measured(['embed'], options));
  network('all', 'both, one after the other').action((options: Options) => measured(['train', 'embed'], options));
  bench
    .command('decode')
    .description('JPEG decoders on real files')
    .requiredOption('--data <src>', 'tar, tar.gz, .rec or image folder of JPEGs')
    .option('--images <n>', 'how many of them', wholeNumber(1), 2000)
    .option('--rounds <n>', "every decoder's turns", wholeNumber(1), 5)
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...options }: { data: string; images: number; rounds: number; json?: boolean }) => {
      const { decodeRates } = await import('./bench/decode.ts');
      const decoders = await decodeRates(options);
      if (json) return sayJson({ decoders });
      const off = (furthest: number | null): string => (furthest === null ? '' : `, pixels off by ${furthest} at most`);
      sayResult(decoders.map((row) => line(row.decoder, row.imagesPerSecond, 0) + off(row.furthest)).join('\n'));
    });
  bench
    .command('augment')
    .description('augmentations on faces of 112 x 112, one thread: milliseconds an image, beside the decoding')
    .option('--data <src>', 'tar, tar.gz, .rec, .faces or image folder (default: drawn faces)')
    .option('--images <n>', 'how many of them', wholeNumber(1), 500)
    .option('--rounds <n>', "everybody's turns", wholeNumber(1), 7)
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...options }: { data?: string; images: number; rounds: number; json?: boolean }) => {
      const { augmentTimes } = await import('./bench/augment.ts');
      const rows = await augmentTimes(options);
      if (json) return sayJson({ augmentations: rows.map(({ work, ...row }) => ({ work: work.trim(), ...row })) });
      sayResult(rows.map((row) => line(row.work, row.millisecondsPerImage, 3)).join('\n'));
    });
  bench
    .command('load')
    .description(
      'the loader alone: read from a .rec, decoded, augmented and batched, in turns with a PyTorch DataLoader',
    )
    .option(
      '--data <src>',
      '.rec, or what becomes one for the while: tar, tar.gz, shards, image folder (default: drawn)',
    )
    .option('--batch <n>', 'images a batch', wholeNumber(1), 128)
    .option('--batches <n>', 'batches a round', wholeNumber(1), 80)
    .option('--threads <n>', 'threads, and worker processes of PyTorch', wholeNumber(0), 2)
    .option('--rounds <n>', "everybody's turns", wholeNumber(1), 5)
    .option('--peer <python>', 'a python that has PyTorch, OpenCV and Pillow (default: python3, if it has PyTorch)')
    .option('--no-peer', 'no turns with PyTorch')
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...options }: LoadBenchOptions & { json?: boolean }) => {
      const { loadRates } = await import('./bench/load.ts');
      const loaders = await loadRates(options, say);
      if (json) return sayJson({ loaders });
      const rows = loaders.flatMap(({ loader, augmented, imagesPerSecond, ratio }) => [
        line(`${loader}${augmented ? ', augmented' : ''}`, imagesPerSecond, 0),
        ...(ratio ? [line('  rxface over it', ratio)] : []),
      ]);
      sayResult(['images a second, median (least to most)', ...rows].join('\n'));
    });
  bench
    .command('mine')
    .description(
      'mining a meta batch from its pool for four variations, in turns with a training step of the same batch',
    )
    .option('--model <name>', MODELS.join(', '), 'ir10')
    .option('--batch <n>', 'images a step', wholeNumber(2), 512)
    .option('--pool <n>', 'slots of the pool', wholeNumber(1), 8192)
    .option('--mode <name>', MINING_MODES.join(', '), 'argmaxDedup')
    .option('--precision <name>', PRECISIONS.join(' or '), 'float32')
    .option('--rounds <n>', 'pairs that are timed', wholeNumber(1), 5)
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...options }: MineBenchOptions & { json?: boolean }) => {
      check(options);
      demand('--mode', MINING_MODES, options.mode);
      const { mineTimes } = await import('./bench/mine.ts');
      const result = await mineTimes(options, say);
      if (json) return sayJson(result);
      const { mining, step } = result.milliseconds;
      const head = `${options.model}, batch ${options.batch}, pool of ${options.pool}: milliseconds, median (least to most)`;
      sayResult([head, line('mining', mining, 1), line('step', step, 0), line('share', result.share, 4)].join('\n'));
    });
  bench
    .command('meta')
    .description('a whole MvCoM step, exact (S3) and cheapest (S6), in turns with a CosFace step of the same batch')
    .option('--model <name>', MODELS.join(', '), 'ir10')
    .option('--batch <n>', 'images a step; the meta batch is a quarter of it', wholeNumber(16), 64)
    .option('--classes <n>', 'people in the head', wholeNumber(2), 1000)
    .option('--pool <n>', 'slots of the pool', wholeNumber(16), 8192)
    .option('--precision <name>', PRECISIONS.join(' or '), 'float32')
    .option('--rounds <n>', 'turns of each that are timed', wholeNumber(1), 20)
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...options }: MetaBenchOptions & { json?: boolean }) => {
      check(options);
      const { metaTimes } = await import('./bench/meta.ts');
      const result = await metaTimes(options, say);
      if (json) return sayJson(result);
      const head = `${options.model}, batch ${options.batch}, ${options.precision}: seconds a step, median (least to most)`;
      const seconds = Object.entries(result.seconds).map(([name, one]) => line(name, one, 3));
      const ratios = Object.entries(result.ratio).map(([name, one]) => line(`${name} over CosFace`, one));
      sayResult([head, ...seconds, ...ratios].join('\n'));
    });
  bench
    .command('links')
    .description(
      'what it costs to hand an item to the next stage, beside RxJS alone, async generators and Node streams',
    )
    .option('--items <n>', 'numbers sent through in a round', wholeNumber(1), 200_000)
    .option('--stages <n>', 'stages one behind another', wholeNumber(1), 8)
    .option('--rounds <n>', "everybody's turns", wholeNumber(1), 7)
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...options }: { items: number; stages: number; rounds: number; json?: boolean }) => {
      const { linkCosts } = await import('./bench/links.ts');
      const ways = await linkCosts(options);
      if (json) return sayJson({ ways });
      const rows = ways.map(({ way, bounded, nanosecondsPerHop }) =>
        line(`${way}${bounded ? '' : ' (bounds nothing)'}`, nanosecondsPerHop, 0),
      );
      sayResult(['nanoseconds an item and hop, median (least to most)', ...rows].join('\n'));
    });
}

async function measured(names: ('train' | 'embed')[], options: Options): Promise<void> {
  check(options);
  const { measure } = await import('./bench/benchmark.ts');
  const results: Measured[] = [];
  for (const name of names) {
    const result = await measure(name, options, say);
    results.push(result);
    if (!options.json) sayResult(table(result));
  }
  if (options.json) sayJson(results.length === 1 ? results[0] : { benchmarks: results });
}

function check({ model, precision }: Pick<Options, 'model' | 'precision'>): void {
  demand('--model', MODELS, model);
  demand('--precision', PRECISIONS, precision);
}

function demand(option: string, known: readonly string[], value: string): void {
  if (!known.includes(value)) throw new OptionError('bench', option, `one of ${known.join(', ')}`, value);
}

function table({ benchmark, model, batch, precision, engine, imagesPerSecond, peer, ratio }: Measured): string {
  return [
    `${benchmark} ${model}, batch ${batch}, ${precision}: images a second, median (least to most)`,
    line(`rxface, ${engine}`, imagesPerSecond),
    ...(peer ? [line(peer.name, peer.imagesPerSecond)] : []),
    ...(ratio ? [line('ratio', ratio), `by round: ${ratio.rounds.map((one) => one.toFixed(2)).join(', ')}`] : []),
  ].join('\n');
}

function line(name: string, { median, min, max }: Spread, digits = 2): string {
  return `${name.padEnd(56)} ${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}
