import type { VerificationResult } from 'rxface/operators';
import { OptionError } from '../errors.ts';
import { createProgress } from '../progress.ts';
import type { PairProtocolName } from '../recipes/evaluate.ts';
import { reducedName } from '../recipes/reducedName.ts';
import {
  examples,
  interruptible,
  MODEL_OPTION,
  say,
  sayJson,
  sayResult,
  wholeNumber,
  type Command,
} from './program.ts';

interface Options {
  data: string;
  model: string;
  reduce?: number;
  batch: number;
  threads: number;
  json?: boolean;
}

/** `rxface evaluate lfw|cfp`: a model scored on pairs of faces. */
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
  const protocol = (name: string, title: string): Command =>
    evaluate
      .command(name)
      .description(title)
      .requiredOption('--data <tar|dir>', 'the images, aligned to 112x112')
      .requiredOption('--model <path>', MODEL_OPTION)
      .option('--reduce <px>', 'bring every face down to so many pixels and back first', wholeNumber(1))
      .option('--batch <n>', 'images embedded together', wholeNumber(1), 64)
      .option('--threads <n>', 'threads that decode', wholeNumber(0), 2)
      .option('--json', 'print one JSON object; rates are fractions');

  protocol('lfw', 'Labeled Faces in the Wild, unrestricted: 6,000 pairs in 10 folds')
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
    .action((options: Options & { pairs: string }) => score('lfw', options.pairs, options));
  protocol('cfp', 'Celebrities in Frontal-Profile: 7,000 pairs in 10 folds')
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
    .action((options: Options & { protocol: string; subset: string }) => {
      const { subset } = options;
      if (subset !== 'ff' && subset !== 'fp') throw new OptionError('evaluate cfp', '--subset', "'ff' or 'fp'", subset);
      return score(`cfp-${subset}`, options.protocol, options);
    });
}

async function score(protocol: PairProtocolName, pairs: string, options: Options): Promise<void> {
  const { ensureEngine } = await import('../engine/ensure.ts');
  const { evaluatePairs } = await import('../recipes/evaluate.ts');
  const { modelOf } = await import('../recipes/loadModel.ts');
  await interruptible('', async (signal) => {
    await ensureEngine({ say, show: process.stderr.isTTY, signal });
    const model = await modelOf(options.model, say);
    try {
      const { json, model: _, ...given } = options;
      const [height] = model.architecture.size;
      if ((given.reduce ?? 1) > height)
        throw new OptionError('evaluate', '--reduce', `at most the ${height} pixels of the network`, given.reduce);
      const progress = createProgress();
      const result = await evaluatePairs(model, { ...given, protocol, pairs, signal, progress });
      if (json) sayJson(result);
      else sayResult(table(reducedName(protocol, given.reduce), result));
    } finally {
      model.dispose();
    }
  });
}

function table(protocol: string, { accuracy, val, tar, auc, threshold, pairs }: VerificationResult): string {
  const percent = (rate: number): string => `${(100 * rate).toFixed(2)} %`;
  return [
    `${protocol}, ${pairs.toLocaleString('en-GB')} pairs`,
    `accuracy        ${percent(accuracy.mean)} +- ${percent(accuracy.std)}`,
    `VAL @ FAR 1e-3  ${percent(val.mean)} +- ${percent(val.std)} (FAR met ${val.far.toExponential(1)})`,
    `TAR @ FAR 1e-3  ${percent(tar['1e-3'])}`,
    `AUC             ${auc.toFixed(4)}`,
    `threshold       ${threshold.toFixed(3)} (squared distance; cosine ${(1 - threshold / 2).toFixed(3)})`,
  ].join('\n');
}
