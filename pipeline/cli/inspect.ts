import type { IndexedSource } from '../../sources/indexed.ts';
import { OptionError } from '../errors.ts';
import { writeFile } from '../files/write.ts';
import { createProgress } from '../progress.ts';
import type { Verified } from '../recipes/verify.ts';
import { inspection, ON_SHEET, type Inspection } from './inspection.ts';
import { collect, type Command, examples, interruptible, sayJson, sayResult, wholeNumber } from './program.ts';
import { MOST_LINES, sayFaults } from './sayFaults.ts';

interface InspectOptions {
  points?: string;
  drop: string[];
  set: string[];
  augment?: string;
  contact?: string;
  records?: boolean;
  verify?: boolean;
  threads: number;
  json?: boolean;
}

/** `rxface inspect`: what is in a source, and what is wrong with it. Exit code 1 where anything is. */
export function inspectCommand(program: Command): void {
  program
    .command('inspect')
    .description('say what is in image sources, and what is wrong with them')
    .argument(
      '[sources...]',
      'tar, tar.gz, .rec, .bin, shards, image folder, a pattern over these, drawn:people=50,..., or a training config',
    )
    .option('--points <csv>', 'table of five landmarks per image')
    .option('--drop <list>', 'people to leave out: FILE, FILE:SET or NAME,NAME; repeatable', collect, [])
    .option('--set <key=value>', 'as in train, for a config; repeatable', collect, [])
    .option('--contact <png>', `a sheet of ${ON_SHEET} images spread over the source, aligned where there are points`)
    .option('--augment <config>', 'with --contact: a few of them as this training config has them seen, epoch by epoch')
    .option('--records', 'with --json: every image with its key, label, bytes and sha256')
    .option('--verify', 'read and decode every image, and name each one that is broken')
    .option('--threads <n>', 'threads that decode, for --verify; 0 for none', wholeNumber(0), 2)
    .option('--json', 'one JSON object on stdout')
    .addHelpText(
      'after',
      examples(
        ['rxface inspect faces/ --contact sheet.png', 'what a folder of people holds, and how it looks'],
        ['rxface inspect data/train --verify', 'whether every image in it can be used'],
        ['rxface inspect my.yaml --set data.root=/data', 'the images that a config trains on'],
        ['rxface inspect --augment my.yaml --contact sheet.png', 'these images as its augmentations change them'],
      ),
    )
    .action(inspect);
}

async function inspect(paths: string[], options: InspectOptions): Promise<void> {
  if (options.records && !options.json)
    throw new OptionError('inspect', '--records', 'used together with --json', 'alone');
  if (options.augment !== undefined && options.contact === undefined)
    throw new OptionError('inspect', '--augment', 'used together with --contact', 'alone');
  const { readConfig } = await import('../recipes/config.ts');
  const config = options.augment === undefined ? undefined : await readConfig(options.augment, options.set);
  const source = await sourceOf(paths.length === 0 && options.augment ? [options.augment] : paths, options);
  try {
    const found = await inspection(source, { records: options.records ?? false });
    if (options.contact !== undefined) {
      const { augmentSheet, sourceSheet } = await import('./sheet.ts');
      const sheet = config === undefined ? await sourceSheet(source) : await augmentSheet(source, config);
      await writeFile(options.contact, sheet);
    }
    const verified = options.verify ? await verifiedOf(source, options.threads) : undefined;
    if (options.verify && verified === undefined) return;
    const { count, classes, perClass, bytes, records, issame } = found;
    // Whoever decodes finds all that the headers show, and more.
    const faults = verified?.broken ?? found.faults;
    const more = {
      ...(verified && { verified: verified.records }),
      ...(records && { records }),
      ...(issame && { issame }),
    };
    if (options.json) sayJson({ count, classes, perClass, bytes, faults, ...more });
    else sayResult(textOf(source, { ...found, faults }, verified));
    sayFaults(faults, verified === undefined ? MOST_LINES : Infinity);
  } finally {
    await source.close();
  }
}

/** What decoding finds; nothing where it was interrupted. */
async function verifiedOf(source: IndexedSource, threads: number): Promise<Verified | undefined> {
  const { verify } = await import('../recipes/verify.ts');
  let verified: Verified | undefined;
  await interruptible('', async (signal) => {
    verified = await verify(source, { threads, signal, progress: createProgress() });
  });
  return verified;
}

async function sourceOf(paths: string[], options: InspectOptions): Promise<IndexedSource> {
  if (paths.length === 0)
    throw new OptionError('inspect', 'sources', 'at least one source, or a config for --augment', 'none');
  if (options.points !== undefined && paths.length > 1)
    throw new OptionError('inspect', '--points', 'a table for one source', `${paths.length} sources`);
  const { givenSource } = await import('./givenSource.ts');
  return givenSource(paths, options);
}

function textOf(source: IndexedSource, found: Inspection, verified?: Verified): string {
  const { count, classes, perClass, bytes, sizes, faults, pointsMissing } = found;
  const { min, q1, median, q3, max } = perClass;
  const empty = (source.classes?.length ?? 0) - classes;
  const lines = [
    source.name,
    `images    ${number(count)} (${(bytes / 2 ** 20).toFixed(1)} MiB)`,
    `people    ${number(classes)}${empty > 0 ? `, and ${number(empty)} without an image` : ''}`,
    `each has  min ${min}, quartiles ${q1} / ${median} / ${q3}, max ${max} images`,
    ...sizes
      .slice(0, MOST_LINES)
      .map(([size, images], i) => `${i === 0 ? 'sizes ' : '      '}    ${size}: ${number(images)}`),
  ];
  if (sizes.length > MOST_LINES) lines.push(`          and ${sizes.length - MOST_LINES} other sizes`);
  if (pointsMissing > 0) lines.push(`points    missing for ${number(pointsMissing)}, which are resized`);
  const [stray] = found.nobody;
  if (stray !== undefined)
    lines.push(`nobody's  ${number(found.nobody.length)}, first '${stray}': training takes only images of people`);
  if (verified !== undefined)
    lines.push(
      `decoded   ${number(verified.records)}, ${number(Math.round(verified.records / verified.seconds))} a second`,
    );
  lines.push(`faults    ${number(faults.length)}`);
  return lines.join('\n');
}

function number(value: number): string {
  return value.toLocaleString('en');
}
