import { basename } from 'node:path';
import type { FalseMatches } from 'rxface/operators';
import { OptionError } from '../errors.ts';
import type { PairFiles, PairsOf } from '../recipes/evaluate.ts';
import { evaluationName, type Variant } from '../recipes/evaluationName.ts';
import { evaluateRfw } from './evaluateRfw.ts';
import { storedProtocols } from './evaluateStored.ts';
import { FAR_OPTION, REPORT_OPTION, reporting } from './reporting.ts';
import { sayFigures } from './verificationTable.ts';
import { embeddingOptions, withModel } from './withModel.ts';
import {
  examples,
  interruptible,
  MODEL_OPTION,
  oneOf,
  sayJson,
  sayResult,
  wholeNumber,
  type Command,
} from './program.ts';

interface EmbedOptions {
  model: string;
  input?: string;
  batch: number;
  threads: number;
  json?: boolean;
}

interface ScoredOptions extends EmbedOptions {
  data: string;
}

type Options = EmbedOptions &
  Variant & {
    far?: number;
    report?: string;
  };

interface GroupOptions extends ScoredOptions {
  labels: string;
  column: string;
  far: number;
  report?: string;
}

/** `rxface evaluate lfw|cfp|bin|groups`, a model scored on pairs of faces, and what is scored from stored embeddings. */
export function evaluateCommand(program: Command): void {
  const evaluate = program
    .command('evaluate')
    .description('score a model by a verification protocol')
    .addHelpText(
      'after',
      examples(
        ['rxface evaluate lfw --data lfw112.tar.gz --pairs pairs.txt --model runs/mine', '6,000 pairs'],
        [
          'rxface evaluate cfp --data cfp112.tar.gz --protocol cfp --subset fp --model runs/mine',
          'frontal with profile',
        ],
      ),
    );
  const embedding = (name: string, title: string): Command =>
    embeddingOptions(evaluate.command(name).description(title).requiredOption('--model <path>', MODEL_OPTION)).option(
      '--json',
      'print one JSON object; rates are fractions',
    );
  const scored = (name: string, title: string): Command =>
    embedding(name, title).requiredOption('--data <tar|dir>', 'the images, aligned to 112x112');
  const varied = (command: Command): Command =>
    command
      .option('--reduce <px>', 'bring every face down to so many pixels and back first', wholeNumber(1))
      .option('--blur <px>', 'blur every face with a Gaussian kernel of so many pixels first', wholeNumber(3))
      .option('--occlude <px>', 'cover one face of each pair by a black square of so many pixels', wholeNumber(1))
      .option('--folds <list>', "only these of the protocol's folds: 5-10 or 1,3,5", foldList)
      .option('--far <rate>', FAR_OPTION, Number)
      .option('--report <html>', REPORT_OPTION);

  varied(scored('lfw', 'Labeled Faces in the Wild, unrestricted: 6,000 pairs in 10 folds'))
    .requiredOption('--pairs <file>', "LFW's pairs.txt")
    .addHelpText(
      'after',
      examples(
        [
          'rxface evaluate lfw --data lfw112.tar.gz --pairs pairs.txt --model runs/mine',
          'the newest checkpoint of a run',
        ],
        [
          'rxface evaluate lfw --data lfw112.tar.gz --pairs pairs.txt --model runs/mine --reduce 20',
          'the same faces as if 20 pixels were all there is',
        ],
      ),
    )
    .action((options: Options & PairFiles) =>
      score('lfw', () => ({ data: options.data, pairs: options.pairs, protocol: 'lfw' }), options),
    );
  varied(scored('cfp', 'Celebrities in Frontal-Profile: 7,000 pairs in 10 folds'))
    .requiredOption('--protocol <tar|dir>', 'what holds Protocol/Pair_list_F.txt and the splits')
    .requiredOption('--subset <ff|fp>', 'ff: frontal with frontal, fp: frontal with profile')
    .addHelpText(
      'after',
      examples(
        [
          'rxface evaluate cfp --data cfp112.tar.gz --protocol cfp --subset fp --model runs/mine',
          'frontal with profile',
        ],
        [
          'rxface evaluate cfp --data cfp112.tar.gz --protocol cfp --subset ff --model untrained:ir10 --json',
          'what chance and pixels give',
        ],
      ),
    )
    .action((options: Options & { data: string; protocol: string; subset: string }) => {
      const protocol = `cfp-${oneOf(['ff', 'fp'] as const, 'evaluate cfp', '--subset', options.subset)}` as const;
      return score(protocol, () => ({ data: options.data, pairs: options.protocol, protocol }), options);
    });
  varied(embedding('bin', "insightface's packed pairs: lfw.bin, cfp_fp.bin, agedb_30.bin, ..."))
    .argument('<file>', 'the .bin: aligned images and which pairs of them show one person')
    .addHelpText(
      'after',
      examples(
        ['rxface evaluate bin agedb_30.bin --model runs/mine', '6,000 pairs in 10 folds'],
        ['rxface evaluate bin lfw.bin --model other.onnx --json', 'a model from elsewhere, one JSON object'],
      ),
    )
    .action(async (file: string, options: Options) => {
      const { pairBin } = await import('../../sources/pairBin.ts');
      const faces = pairBin(file);
      return score(basename(file), async () => ({ protocol: await faces.protocol(), faces }), options);
    });

  scored('groups', 'false matches by group of people, at one threshold for everybody')
    .requiredOption('--labels <csv>', "a table with the images' ids in its column `image`")
    .requiredOption('--column <name>', 'its column of groups')
    .option('--far <rate>', 'share of all pairs of strangers that may pass', Number, 1e-3)
    .option('--report <html>', REPORT_OPTION)
    .addHelpText(
      'after',
      examples(
        [
          'rxface evaluate groups --data fairface.tar --labels labels.csv --column race --model runs/mine',
          'one threshold for everybody, at which 1 of 1,000 pairs of strangers passes',
        ],
        [
          'rxface evaluate groups --data fairface.tar --labels labels.csv --column gender --far 1e-4 --model runs/mine',
          'stricter, and by another column',
        ],
      ),
    )
    .action(scoreGroups);
  evaluateRfw(evaluate);
  storedProtocols(evaluate);
}

async function scoreGroups(options: GroupOptions): Promise<void> {
  const { json, model: path, input, report, ...given } = options;
  const { progress, write } = await reporting(report, `${path}, groups`);
  const { evaluateGroups } = await import('../recipes/evaluateGroups.ts');
  await interruptible('', (signal) =>
    withModel({ model: path, input }, signal, async (model) => {
      const found = await evaluateGroups(model, { ...given, signal, progress });
      await write(({ groupsRecord }) => groupsRecord({ model: path, column: given.column }, found));
      const { curve: _curve, ...figures } = found;
      if (json) sayJson(figures);
      else sayResult(groupTable(found));
    }),
  );
}

/** @param open the pairs, asked for once the model is there */
async function score(
  protocol: string,
  open: () => PairFiles | Promise<PairsOf>,
  { json, model: path, input, report, ...given }: Options,
): Promise<void> {
  const name = evaluationName(protocol, given);
  const { progress, write } = await reporting(report, `${path}, ${name}`);
  const { judgePairs } = await import('../recipes/judgePairs.ts');
  await interruptible('', (signal) =>
    withModel({ model: path, input }, signal, async (model) => {
      checkVariant(given, model.architecture.size[0]);
      const { found, hardest } = await judgePairs(model, {
        ...given,
        ...(await open()),
        ...(report !== undefined && { hardest: 8 }),
        signal,
        progress,
      });
      await write(({ pairRecord }) => pairRecord({ protocol: name, model: path }, found, hardest));
      sayFigures(name, found, json);
    }),
  );
}

/** @throws OptionError for what cannot be done to faces of this height */
function checkVariant({ reduce = 1, blur = 3, occlude = 1 }: Variant, height: number): void {
  for (const [name, value] of Object.entries({ reduce, blur, occlude }))
    if (value > height)
      throw new OptionError('evaluate', `--${name}`, `at most the ${height} pixels of the network`, value);
  if (blur % 2 === 0) throw new OptionError('evaluate', '--blur', 'an odd number', blur);
}

/** '5-10' or '1,3,5'. */
function foldList(text: string): number[] {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (first !== undefined) return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i);
  if (!/^\d+(,\d+)*$/.test(text)) throw new OptionError('evaluate', '--folds', "folds such as '5-10' or '1,3,5'", text);
  return text.split(',').map(Number);
}

function groupTable({ threshold, far, pairs, leftOut, groups, bias }: FalseMatches): string {
  const rate = (x: number): string => x.toExponential(2);
  return [
    `${pairs.toLocaleString('en-GB')} pairs, FAR ${rate(far)} at ${threshold.toFixed(3)} (squared distance), ${leftOut} faces left out`,
    ...groups.map(({ name, faces, fmr }) => `${name.padEnd(24)} FMR ${rate(fmr)}  ${faces} faces`),
    `bias ${rate(bias.std)}, largest over smallest ${bias.ratio.toFixed(2)}`,
  ].join('\n');
}
