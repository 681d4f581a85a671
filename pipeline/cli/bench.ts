import type { ArchitectureName, MiningMode } from 'rxface/operators';
import { OptionError } from '../errors.ts';
import type { HeadBenchOptions } from './bench/head.ts';
import type { LoadBenchOptions } from './bench/load.ts';
import type { MeasureOptions } from './bench/benchmark.ts';
import type { MetaBenchOptions } from './bench/meta.ts';
import type { MineBenchOptions } from './bench/mine.ts';
import type { SuiteOptions } from './bench/suite.ts';
import type { WholeBenchOptions } from './bench/whole.ts';
import { benchEvaluate } from './benchEvaluate.ts';
import { shown, withPeer } from './benchShown.ts';
import { examples, INPUT_OPTION, say, wholeNumber, type Command } from './program.ts';

export const MODELS: readonly ArchitectureName[] = ['ir10', 'ir18', 'ir34', 'ir50', 'ir101'];
const MINING_MODES: readonly MiningMode[] = ['argmaxDedup', 'meanTopK', 'maxMin', 'random', 'literal'];
const PRECISIONS = ['float32', 'bfloat16'];

/** `rxface bench NAME`: how fast it is, in turns with others where they are at hand. */
export function benchCommand(program: Command): void {
  const bench = program
    .command('bench')
    .description('measure how fast it is, in turns with others where they are at hand')
    .addHelpText(
      'afterAll',
      examples(
        ['rxface bench all', 'everything, as `npm run bench` does'],
        ['rxface bench train --model ir18 --batch 16', 'a training step, in turns with PyTorch'],
        ['rxface bench train --profile --no-peer', 'what every op of a step takes'],
        ['rxface bench decode --data lfw.tar --images 500', 'JPEG decoders on real files'],
        ['rxface bench links', 'what a link between two stages costs'],
      ),
    );
  const add = (name: string, description: string): Command => bench.command(name).description(description);

  withPeer(add('all', 'everything that the project promises of its speed, one after the other'))
    .option('--rounds <n>', "everybody's turns (default: each benchmark's own number)", wholeNumber(1))
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...options }: SuiteOptions & { json?: boolean }) => {
      const { measureAll } = await import('./bench/suite.ts');
      await shown(json, (done) => measureAll(options, { say, done }));
    });
  network(add('train', 'a training step on random decoded images: CosFace, dropout, SGD'))
    .option('--recompute', "compute a block's activations again on the way back")
    .option('--profile', 'add what every op of a step takes')
    .action((options: NetworkOptions) => networkAction('train', options));
  network(add('embed', 'embeddings of random decoded images: batch norm folded, or by an ONNX network'), {
    models: [...MODELS, 'or an .onnx file'],
    has: 'PyTorch, or onnxruntime for an ONNX network',
  })
    .option('--input <how>', INPUT_OPTION)
    .action((options: NetworkOptions & { input?: string }) => {
      if (options.model.endsWith('.onnx')) return onnxAction(options);
      if (options.input !== undefined)
        throw new OptionError('bench', '--input', 'left out for a network that is not an .onnx file', options.input);
      return networkAction('embed', options);
    });
  network(add('memory', 'most memory that a process holds which trains, in turns with PyTorch'), { rounds: 3 })
    .option('--recompute', "compute a block's activations again on the way back")
    .action(async ({ json, ...options }: NetworkOptions) => {
      check(options);
      const { memoryOfStep } = await import('./bench/memory.ts');
      await shown(json, async () => [await memoryOfStep(options, say)]);
    });
  add('whole', '`rxface train` on a .rec with augmentations, in turns with its bare step')
    .option('--model <name>', MODELS.join(', '), 'ir18')
    .option('--batch <n>', 'images a step', wholeNumber(2), 16)
    .option('--precision <name>', PRECISIONS.join(' or '), 'float32')
    .option('--data <src>', '.rec, or what becomes one for the while (default: drawn faces, as many as the steps take)')
    .option('--steps <n>', 'steps in a turn', wholeNumber(5), 12)
    .option('--threads <n>', 'threads that decode', wholeNumber(0), 2)
    .option('--rounds <n>', 'pairs of turns', wholeNumber(1), 5)
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...options }: WholeBenchOptions & { json?: boolean }) => {
      check(options);
      const { wholeTraining } = await import('./bench/whole.ts');
      await shown(json, async () => [await wholeTraining(options, say)]);
    });
  benchEvaluate(add);
  add('head', 'head, margin and the update of the centres: of many people a sample, in turns with all of fewer')
    .option('--classes <n>', 'people of the largest head', wholeNumber(2), 1_000_000)
    .option('--rate <share>', 'share of them that takes part in a step', shareOf, 0.1)
    .option('--batch <n>', 'faces a step', wholeNumber(2), 64)
    .option('--dimension <n>', 'numbers in an embedding', wholeNumber(1), 512)
    .option('--steps <n>', 'steps in a turn', wholeNumber(1), 3)
    .option('--rounds <n>', "everybody's turns", wholeNumber(1), 7)
    .option('--pairs <n>', "pairs of AdaFace's head and CosFace's", wholeNumber(2), 200)
    .option('--alone', 'the largest head and nothing else, with the memory it takes')
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...options }: HeadBenchOptions & { json?: boolean }) => {
      const { headTimes } = await import('./bench/head.ts');
      await shown(json, (done) => headTimes(options, { say, done }));
    });
  add('decode', 'JPEG decoders on real files')
    .requiredOption('--data <src>', 'tar, tar.gz, .rec or image folder of JPEGs')
    .option('--images <n>', 'how many of them', wholeNumber(1), 2000)
    .option('--rounds <n>', "every decoder's turns", wholeNumber(1), 5)
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...options }: { data: string; images: number; rounds: number; json?: boolean }) => {
      const [{ decodeRates }, { decodeResults }] = await Promise.all([
        import('./bench/decode.ts'),
        import('./bench/rows.ts'),
      ]);
      await shown(json, async () => decodeResults(await decodeRates(options)));
    });
  add('augment', 'augmentations on faces of 112 x 112, one thread, beside the decoding')
    .option('--data <src>', 'tar, tar.gz, .rec, .faces or image folder (default: drawn faces)')
    .option('--images <n>', 'how many of them', wholeNumber(1), 500)
    .option('--rounds <n>', "everybody's turns", wholeNumber(1), 7)
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...options }: { data?: string; images: number; rounds: number; json?: boolean }) => {
      const [{ augmentTimes }, { augmentResults }] = await Promise.all([
        import('./bench/augment.ts'),
        import('./bench/rows.ts'),
      ]);
      await shown(json, async () => augmentResults(await augmentTimes(options)));
    });
  withPeer(
    add('load', 'the loader alone: a .rec read, decoded, augmented, batched, in turns with a PyTorch DataLoader'),
  )
    .option(
      '--data <src>',
      '.rec, or what becomes one for the while: tar, tar.gz, shards, image folder (default: drawn)',
    )
    .option('--batch <n>', 'images a batch', wholeNumber(1), 128)
    .option('--batches <n>', 'batches a round, over as many epochs as they take', wholeNumber(1), 400)
    .option('--threads <n>', 'threads, and worker processes of PyTorch', wholeNumber(0), 2)
    .option('--rounds <n>', "everybody's turns", wholeNumber(1), 5)
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...options }: LoadBenchOptions & { json?: boolean }) => {
      const [{ loadRates }, { loadResults }] = await Promise.all([
        import('./bench/load.ts'),
        import('./bench/rows.ts'),
      ]);
      await shown(json, async () => loadResults(await loadRates(options, say)));
    });
  add('mine', 'mining a meta batch from its pool for four variations, in turns with a training step of the same batch')
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
      await shown(json, async () => [await mineTimes(options, say)]);
    });
  add('meta', 'a whole MvCoM step, exact (S3) and cheapest (S6), in turns with a CosFace step of the same batch')
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
      await shown(json, () => metaTimes(options, say));
    });
  add('links', 'what it costs to hand an item on, beside RxJS alone, async generators and Node streams')
    .option('--items <n>', 'numbers sent through in a round', wholeNumber(1), 200_000)
    .option('--stages <n>', 'stages one behind another', wholeNumber(1), 8)
    .option('--rounds <n>', "everybody's turns", wholeNumber(1), 7)
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...options }: { items: number; stages: number; rounds: number; json?: boolean }) => {
      const [{ linkCosts }, { linkResults }] = await Promise.all([
        import('./bench/links.ts'),
        import('./bench/rows.ts'),
      ]);
      await shown(json, async () => linkResults(await linkCosts(options)));
    });
}

/** A share as the command line has it. */
function shareOf(text: string): number {
  const share = Number(text);
  if (!(share > 0 && share <= 1)) throw new OptionError('bench', '--rate', 'above 0, at most 1', text);
  return share;
}

interface NetworkOptions extends MeasureOptions {
  json?: boolean;
}

function network(
  command: Command,
  { rounds = 5, models = MODELS, has }: { rounds?: number; models?: readonly string[]; has?: string } = {},
): Command {
  return withPeer(command, has)
    .option('--model <name>', models.join(', '), 'ir18')
    .option('--batch <n>', 'images a step', wholeNumber(2), 16)
    .option('--classes <n>', 'people in the head', wholeNumber(2), 1000)
    .option('--precision <name>', PRECISIONS.join(' or '), 'float32')
    .option('--steps <n>', 'steps in a round', wholeNumber(1), 5)
    .option('--rounds <n>', 'rounds that are timed; with PyTorch, pairs of rounds', wholeNumber(1), rounds)
    .option('--json', 'print one JSON object');
}

async function networkAction(name: 'train' | 'embed', { json, ...options }: NetworkOptions): Promise<void> {
  check(options);
  const { measure } = await import('./bench/benchmark.ts');
  await shown(json, async () => [await measure(name, options, say)]);
}

async function onnxAction({ json, precision, ...options }: NetworkOptions & { input?: string }): Promise<void> {
  demand('--precision', ['float32'], precision);
  const { onnxRate } = await import('./bench/embedOnnx.ts');
  await shown(json, async () => [await onnxRate(options, say)]);
}

function check({ model, precision }: Pick<MeasureOptions, 'model' | 'precision'>): void {
  demand('--model', MODELS, model);
  demand('--precision', PRECISIONS, precision);
}

function demand(option: string, known: readonly string[], value: string): void {
  if (!known.includes(value)) throw new OptionError('bench', option, `one of ${known.join(', ')}`, value);
}
