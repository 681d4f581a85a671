import type { Identified } from 'rxface/operators';
import { OptionError } from '../errors.ts';
import { ijbProtocols } from './evaluateIjb.ts';
import { rateLines } from './rateLines.ts';
import { FAR_OPTION, REPORT_OPTION, reporting } from './reporting.ts';
import { sayFigures } from './verificationTable.ts';
import { examples, sayJson, sayResult, type Command } from './program.ts';
import { rowsOptions, STORED_ROWS, withRows, type RowsOptions } from './withRows.ts';

/** `rxface evaluate ijb|ijb-1n|tinyface|pairs`: protocols scored from stored embeddings, which no engine is needed for, or from images. */
export function storedProtocols(evaluate: Command): void {
  ijbProtocols(evaluate);
  tinyFace(evaluate);
  pairs(evaluate);
}

interface TinyFaceOptions extends RowsOptions {
  names?: string;
  lists?: string;
  report?: string;
  json?: boolean;
}

function tinyFace(evaluate: Command): void {
  const command = evaluate
    .command('tinyface')
    .description('TinyFace: rank-1, 5 and 20 among matches and distractors')
    .option('--names <txt>', 'of stored embeddings: one path a line in their order; its folder says what it is')
    .option('--lists <dir>', 'the official .mat lists: whatever they name must be there');
  rowsOptions(command, 'Testing_Set: Probe, Gallery_Match and Gallery_Distractor, aligned')
    .option('--report <html>', REPORT_OPTION)
    .option('--json', 'print one JSON object; rates are fractions')
    .addHelpText(
      'after',
      examples(
        [
          'rxface evaluate tinyface --names names.txt --embeddings tinyface.npy',
          'of equal scores the larger gallery index comes first',
        ],
        ['rxface evaluate tinyface --data Testing_Set --model runs/mine --json', 'from the images, one JSON object'],
      ),
    )
    .action(async ({ names, lists, report, json, ...options }: TinyFaceOptions) => {
      if ((names === undefined) !== (options.embeddings === undefined))
        throw new OptionError('evaluate tinyface', '--names', 'given together with --embeddings', names ?? 'nothing');
      const { evaluateTinyFace } = await import('../recipes/evaluateStored.ts');
      await withRows('tinyface', { ...options, report }, async (rows, model, write) => {
        let found: Identified;
        const result = await evaluateTinyFace({
          ...('embeddings' in rows ? { ...rows, names: names! } : rows),
          ...(lists && { lists }),
          onRanks: (all) => void (found = all),
        });
        const { rank, probes, gallery } = result;
        await write(({ identificationRecord }) =>
          identificationRecord({ protocol: 'tinyface', model }, { ranks: [1, 5, 20], gallery }, found),
        );
        if (json) return sayJson(result);
        sayResult(
          [`TinyFace, ${probes} probes with a mate, gallery of ${gallery}`, ...rateLines('rank', rank)].join('\n'),
        );
      });
    });
}

interface PairsOptions {
  embeddings: string;
  issame: string;
  far?: number;
  report?: string;
  json?: boolean;
}

function pairs(evaluate: Command): void {
  evaluate
    .command('pairs')
    .description('a pair protocol of your own, in ten folds')
    .requiredOption('--embeddings <npy>', `${STORED_ROWS}; rows 2p and 2p + 1 are pair p`)
    .requiredOption('--issame <npy|txt>', 'whether each pair shows one person')
    .option('--far <rate>', FAR_OPTION, Number)
    .option('--report <html>', REPORT_OPTION)
    .option('--json', 'print one JSON object; rates are fractions')
    .addHelpText(
      'after',
      examples(
        ['rxface evaluate pairs --embeddings pairs.npy --issame lfw_list.npy', 'accuracy, VAL, AUC'],
        ['rxface evaluate pairs --embeddings pairs.npy --issame same.txt --json', 'one JSON object'],
      ),
    )
    .action(async ({ embeddings, issame, far, report, json }: PairsOptions) => {
      const { write } = await reporting(report, `${embeddings}, pairs`);
      const { scoreStoredPairs } = await import('../recipes/evaluateStored.ts');
      const { pairFigures } = await import('../recipes/pairFigures.ts');
      const found = pairFigures(await scoreStoredPairs(embeddings, issame), far);
      await write(({ pairRecord }) => pairRecord({ protocol: 'pairs', model: embeddings }, found));
      sayFigures('pairs', found, json);
    });
}
