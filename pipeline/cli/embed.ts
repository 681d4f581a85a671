import { OptionError } from '../errors.ts';
import { createProgress, duration } from '../progress.ts';
import type { EmbedFacesResult } from '../recipes/embed.ts';
import { examples, interruptible, MODEL_OPTION, oneOf, say, sayJson, sayResult, type Command } from './program.ts';
import { ALIGN_OPTION, DETECTOR_OPTION, withDetector, type DetectorOptions } from './withDetector.ts';
import { embeddingOptions, withModel } from './withModel.ts';

interface Options extends DetectorOptions {
  model: string;
  out: string;
  points?: string;
  batch: number;
  threads: number;
  flip: boolean;
  precision: string;
  input?: string;
  shard?: string;
  json?: boolean;
}

/** `rxface embed`: images in, one row of numbers for each out. */
export function embedCommand(program: Command): void {
  const command = program
    .command('embed')
    .description('embed every image of a source, in the order in which inspect --records lists them')
    .argument('<source>', 'tar, tar.gz, .rec, shards, image folder, a pattern over these, or drawn:people=50,...')
    .requiredOption('--model <path>', MODEL_OPTION)
    .requiredOption('--out <file>', 'the .npy array to write: a row an image, un-normalised')
    .option('--points <csv>', 'table of five landmarks per image, to align by')
    .option('--align', ALIGN_OPTION)
    .option('--detector <onnx>', DETECTOR_OPTION);
  embeddingOptions(command)
    .option(
      '--precision <name>',
      'of maps and convolutions: float32, or bfloat16, refused where that is slow',
      'float32',
    )
    .option('--no-flip', 'leave the mirrored image out of the sum')
    .option(
      '--shard <i/n>',
      'only the i-th of n equal parts, i from 0: the arrays of all, joined, are that of the whole',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nCut short, the same command goes on from FILE.npy.partial, and the array is the same byte for byte.\n',
    )
    .addHelpText(
      'after',
      examples(
        ['rxface embed lfw.tar --model runs/mine --out lfw.npy', 'with the newest checkpoint of a run'],
        ['rxface embed faces/ --points points.csv --model untrained:ir10 --out faces.npy', 'align first'],
        [
          'rxface embed photographs/ --align --detector yunet.onnx --model runs/mine --out e.npy',
          'find the faces first',
        ],
        ['rxface embed ms1m.rec --model runs/mine --shard 0/4 --out part-0.npy', 'the first of four machines'],
      ),
    )
    .action(async (where: string, { shard: part, model: path, input, align, detector: file, ...options }: Options) => {
      const precision = oneOf(['float32', 'bfloat16'] as const, 'embed', '--precision', options.precision);
      const shard = part === undefined ? {} : { shard: shardOf(part) };
      const { openSource } = await import('rxface/sources');
      const { embedFaces } = await import('../recipes/embed.ts');
      const { notAlignedText } = await import('../recipes/lookedAt.ts');
      const origin = { points: options.points };
      await interruptible('; the same command goes on from here', async (signal) => {
        const faces = await openSource(where, options.points === undefined ? {} : { points: options.points });
        try {
          await withDetector('embed', { ...(align && { align }), ...(file && { detector: file }) }, (detector) =>
            withModel({ model: path, precision, input }, signal, async (model) => {
              const given = { ...options, ...shard, detector, origin, signal, progress: createProgress() };
              const result = await embedFaces(model, faces, given);
              const warning = notAlignedText(result.notAligned, detector !== undefined);
              if (warning !== undefined) say(`rxface: ${warning}`);
              if (options.json) sayJson(result);
              else sayResult(line(result));
            }),
          );
        } finally {
          await faces.close();
        }
      });
    });
}

function line({ out, count, dimension, shard, seconds, imagesPerSecond }: EmbedFacesResult): string {
  const rate = `${Math.round(imagesPerSecond)} images a second`;
  const which = shard && `, images ${shard.from} to ${shard.to - 1} of the source`;
  return `${out}: ${count} rows of ${dimension} numbers${which ?? ''} in ${duration(seconds)} (${rate})`;
}

/** The part and the number of parts that 'i/n' names. */
function shardOf(text: string): { part: number; of: number } {
  const [, part, of] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (part === undefined || of === undefined || part >= of)
    throw new OptionError('embed', '--shard', 'i/n with i from 0 to n - 1, such as 0/4', text);
  return { part, of };
}
