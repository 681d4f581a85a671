import type { EvaluateByGroupOptions, GroupAccuracies } from '../recipes/evaluateByGroup.ts';
import { REPORT_OPTION, reporting } from './reporting.ts';
import { embeddingOptions, withModel } from './withModel.ts';
import { examples, interruptible, MODEL_OPTION, sayJson, sayResult, type Command } from './program.ts';

type Judged = Parameters<NonNullable<EvaluateByGroupOptions['onGroup']>>[1];

interface Options {
  data?: string;
  model: string;
  input?: string;
  batch: number;
  threads: number;
  report?: string;
  json?: boolean;
}

/** `rxface evaluate rfw`: accuracy by groups of people, and how unequal it is. */
export function evaluateRfw(evaluate: Command): void {
  const command = evaluate
    .command('rfw')
    .description('RFW: accuracy of each group of people in ten folds, and bias over the groups')
    .argument('<lists...>', 'one a group: African_pairs.txt, ... (with --data), or African_test.bin, ...')
    .option('--data <tar|dir>', 'the images that lists of text name, aligned to 112x112')
    .requiredOption('--model <path>', MODEL_OPTION);
  embeddingOptions(command)
    .option('--report <html>', REPORT_OPTION)
    .option('--json', 'print one JSON object; rates are fractions')
    .addHelpText(
      'after',
      examples(
        ['rxface evaluate rfw txts/*/*_pairs.txt --data rfw/data --model runs/mine', 'the official lists'],
        ['rxface evaluate rfw *_test.bin --model other.onnx --json', "insightface's packed pairs, one JSON object"],
      ),
    )
    .action(async (lists: string[], { json, model: path, input, report, ...given }: Options) => {
      const { progress, write } = await reporting(report, `${path}, rfw`);
      const { evaluateByGroup } = await import('../recipes/evaluateByGroup.ts');
      await interruptible('', (signal) =>
        withModel({ model: path, input }, signal, async (model) => {
          const judged: [name: string, Judged][] = [];
          const found = await evaluateByGroup(model, {
            ...given,
            ...(report !== undefined && { hardest: 8 }),
            lists,
            signal,
            progress,
            onGroup: (name, group) => judged.push([name, group]),
          });
          await write(({ biasRecord, pairRecord }) => [
            biasRecord({ protocol: 'rfw', model: path }, found),
            ...judged.map(([name, group]) =>
              pairRecord({ protocol: `rfw ${name}`, model: path }, group.found, group.hardest),
            ),
          ]);
          if (json) sayJson(found);
          else sayResult(table(found));
        }),
      );
    });
}

function table({ groups, bias }: GroupAccuracies): string {
  const percent = (rate: number): string => (100 * rate).toFixed(2).padStart(6);
  return [
    ...groups.map(
      ({ name, accuracy, pairs }) =>
        `${name.padEnd(20)} ${percent(accuracy.mean)} % +- ${percent(accuracy.std).trim()}, ${pairs.toLocaleString('en-GB')} pairs`,
    ),
    `${'all'.padEnd(20)} ${percent(1 - bias.mean)} %, bias ${(100 * bias.std).toFixed(2)}, largest error over smallest ${bias.ratio.toFixed(2)}`,
  ].join('\n');
}
