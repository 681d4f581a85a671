import { isAbsolute, relative } from 'node:path';
import { OptionError } from '../errors.ts';
import { statIfThere } from '../files/read.ts';
import { createProgress, duration } from '../progress.ts';
import type { ConvertResult } from '../recipes/convert.ts';
import { collect, type Command, examples, interruptible, say, sayJson, sayResult, wholeNumber } from './program.ts';
import { sayFaults } from './sayFaults.ts';
import { ALIGN_OPTION, DETECTOR_OPTION, withDetector, type DetectorOptions } from './withDetector.ts';

interface Options extends DetectorOptions {
  points?: string;
  drop: string[];
  set: string[];
  size?: number;
  quality?: number;
  threads: number;
  json?: boolean;
}

/** `rxface convert`: any source in, shards or RecordIO out. Exit code 1 where a record had to be left out. */
export function convertCommand(program: Command): void {
  program
    .command('convert')
    .description('write a source anew, as shards or as RecordIO; cut short, the same command goes on where it was')
    .argument(
      '<source>',
      'tar, tar.gz, .rec, shards, image folder, a pattern over these, drawn:..., or a training config',
    )
    .argument(
      '<dest>',
      'NAME.rec: RecordIO with NAME.idx and property beside it; else a folder of shards NAME/NAME-000000.faces',
    )
    .option('--points <csv>', 'table of five landmarks per image: kept in shards, used by --size')
    .option('--align', ALIGN_OPTION)
    .option('--detector <onnx>', DETECTOR_OPTION)
    .option('--drop <list>', 'people to leave out: FILE, FILE:SET or NAME,NAME; repeatable', collect, [])
    .option('--set <key=value>', 'as in train, for a config; repeatable', collect, [])
    .option('--size <pixels>', 'align faces to this side by their landmarks, resize those without', wholeNumber(1))
    .option(
      '--quality <q>',
      'of JPEGs encoded anew, 1 to 100 (with --size alone 95; without both, bytes stay as they are)',
      wholeNumber(1),
    )
    .option('--threads <n>', 'threads that encode', wholeNumber(0), 2)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples(
        ['rxface convert faces/ data/train.rec', 'an image folder as insightface and MXNet read it'],
        ['rxface convert my.yaml data/train --size 112', 'all that a config trains on, aligned once, in shards'],
      ),
    )
    .action(convertGiven);
}

async function convertGiven(where: string, out: string, options: Options): Promise<void> {
  const { points, size, quality, threads } = options;
  if (quality !== undefined && quality > 100) throw new OptionError('convert', '--quality', 'at most 100', quality);
  await checkDest(where, out);
  const { givenSource, isConfig } = await import('./givenSource.ts');
  if (options.set.length > 0 && !isConfig(where))
    throw new OptionError('convert', '--set', 'used with a config as the source', options.set.join(' '));
  const { convert } = await import('../recipes/convert.ts');
  const { notAlignedText } = await import('../recipes/lookedAt.ts');
  await interruptible('; the same command goes on where it was', (signal) =>
    withDetector('convert', options, async (detector) => {
      const faces = await givenSource([where], options);
      try {
        await faces.open();
        if (out.endsWith('.rec') && faces.classes?.some((name, label) => name !== String(label)))
          say('convert: a .rec keeps images and labels; names of people and of images stay behind');
        const result = await convert(faces, {
          out,
          ...(size !== undefined && { size }),
          ...(quality !== undefined && { quality }),
          threads,
          detector,
          origin: { points },
          signal,
          progress: createProgress(),
        });
        const warning = notAlignedText(result.notAligned, detector !== undefined);
        if (warning !== undefined) say(`rxface: ${warning}`);
        if (options.json) sayJson(result);
        else sayResult(summary(result));
        sayFaults(result.faults);
      } finally {
        await faces.close();
      }
    }),
  );
}

/** What is taken for another format by its name, or would become part of its own source. */
async function checkDest(where: string, out: string): Promise<void> {
  if (/\.(tar|tgz|gz|zip|faces|idx|rec)$/i.test(out) && !out.endsWith('.rec'))
    throw new OptionError('convert', 'dest', 'NAME.rec, or the name of a folder for shards', out);
  const inside = relative(where, out);
  if (
    inside !== '' &&
    !/^\.\.($|[/\\])/.test(inside) &&
    !isAbsolute(inside) &&
    (await statIfThere(where))?.kind === 'folder'
  )
    throw new OptionError('convert', 'dest', `outside of '${where}', the folder that it is made from`, out);
}

function summary({ out, records, people, bytes, shards, seconds, recordsPerSecond, faults }: ConvertResult): string {
  const where = `${counted(shards, 'file')}, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const rate = `${duration(seconds)} (${number(recordsPerSecond)} a second)`;
  const left = faults.length > 0 ? `; ${counted(faults.length, 'fault')}` : '';
  return `${out}: ${counted(records, 'record')} of ${counted(people, 'person', 'people')} in ${where}, ${rate}${left}`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en');
}
