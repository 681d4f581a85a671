import type { Identified, SortedScores } from 'rxface/operators';
import type { Fusion, IjbResult } from '../recipes/evaluateIjb.ts';
import { rateLines } from './rateLines.ts';
import { REPORT_OPTION } from './reporting.ts';
import { examples, oneOf, sayJson, sayResult, type Command } from './program.ts';
import { rowsOptions, withRows, type RowsOptions } from './withRows.ts';

interface FusionOptions extends RowsOptions {
  meta: string;
  subset: string;
  featureNorm: string;
  detectorScore: string;
  flip: string;
  report?: string;
  json?: boolean;
}

/** `rxface evaluate ijb|ijb-1n`: IJB-B and IJB-C, templates verified and identified. */
export function ijbProtocols(evaluate: Command): void {
  verificationOf(evaluate);
  identification(evaluate);
}

function verificationOf(evaluate: Command): void {
  fusing(evaluate, 'ijb', 'IJB-B and IJB-C 1:1: template pairs, TAR at FAR 1e-6 to 1e-1')
    .option(
      '--far <nearest|atMost>',
      'the point nearest to each FAR, as the released scripts do, or never above it',
      'nearest',
    )
    .addHelpText(
      'after',
      examples(
        ['rxface evaluate ijb --meta meta --subset ijbc --embeddings ijbc.npy', 'row i is image i of the name list'],
        [
          'rxface evaluate ijb --meta meta --subset ijbb --embeddings ijbb.npy --feature-norm drop --far atMost --json',
          'images count alike, and no FAR is exceeded',
        ],
        [
          'rxface evaluate ijb --meta meta --subset ijbc --model runs/mine --data loose_crop',
          'aligned by the points of the name list, embedded and scored as they stream in',
        ],
      ),
    )
    .action(async (options: FusionOptions & { far: string }) => {
      const { evaluateIjb } = await import('../recipes/evaluateIjb.ts');
      const far = oneOf(['nearest', 'atMost'] as const, 'evaluate', '--far', options.far);
      const fusion = fusionOf(options);
      await withRows('ijb', options, async (rows, model, write) => {
        let scores: SortedScores;
        const result = await evaluateIjb({ ...fusion, ...rows, far, onScores: (all) => void (scores = all) });
        await write(({ ijbRecord }) => ijbRecord(model, result, scores));
        if (options.json) sayJson(result);
        else sayResult(table(result));
      });
    });
}

function identification(evaluate: Command): void {
  fusing(evaluate, 'ijb-1n', 'IJB-B and IJB-C 1:N: rank-k, and TPIR at FPIR over both galleries')
    .requiredOption('--gallery <csv...>', 'both gallery lists: templateId,subjectId,...')
    .requiredOption('--probe <csv>', 'the probe list')
    .option(
      '--mode <corrected|legacy>',
      'each gallery with its strangers, or both as one, where every probe has a mate',
      'corrected',
    )
    .addHelpText(
      'after',
      examples(
        [
          'rxface evaluate ijb-1n --meta meta --subset ijbc --embeddings e.npy --gallery G1.csv G2.csv --probe mixed.csv',
          'as the corrected script has it',
        ],
        [
          'rxface evaluate ijb-1n --meta meta --subset ijbb --embeddings e.npy --gallery G1.csv G2.csv --probe mixed.csv --mode legacy',
          'both galleries as one, as the first script has it',
        ],
      ),
    )
    .action(async (options: FusionOptions & { gallery: string[]; probe: string; mode: string }) => {
      const { identifyIjb } = await import('../recipes/evaluateStored.ts');
      const mode = oneOf(['corrected', 'legacy'] as const, 'evaluate', '--mode', options.mode);
      const fusion = fusionOf(options);
      const lists = { gallery: options.gallery, probe: options.probe, mode };
      await withRows('ijb-1n', options, async (rows, model, write) => {
        let found: Identified;
        const result = await identifyIjb({ ...fusion, ...lists, ...rows, onRanks: (all) => void (found = all) });
        const { rank, tpir, recall, probes, gallery } = result;
        const protocol = `${options.subset} 1:N (${mode})`;
        await write(({ fusionFacts, identificationRecord }) =>
          identificationRecord(
            { protocol, model, facts: fusionFacts(fusion) },
            {
              ranks: [1, 5, 10],
              gallery: gallery.reduce((a, b) => (mode === 'legacy' ? a + b : Math.min(a, b))),
              rates: named({ 'TPIR at FPIR': tpir, 'recall at FAR': recall }),
            },
            found,
          ),
        );
        if (options.json) return sayJson(result);
        sayResult(
          [
            `${protocol}, ${probes} probes, galleries of ${gallery.join(' and ')}`,
            ...rateLines('rank', rank),
            ...rateLines('TPIR @ FPIR', tpir),
            ...rateLines('recall @ FAR', recall),
          ].join('\n'),
        );
      });
    });
}

/** { 'TPIR at FPIR': { '0.01': x } } as { 'TPIR at FPIR 0.01': x }. */
function named(rates: Record<string, Readonly<Record<string, number>> | undefined>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(rates).flatMap(([name, of = {}]) => Object.entries(of).map(([at, rate]) => [`${name} ${at}`, rate])),
  );
}

/** A protocol over templates. */
function fusing(evaluate: Command, name: string, title: string): Command {
  const command = evaluate
    .command(name)
    .description(title)
    .requiredOption('--meta <dir>', 'the official lists: ijbX_face_tid_mid.txt, ijbX_name_5pts_score.txt, ...')
    .requiredOption('--subset <ijbb|ijbc>', 'which of the two');
  return rowsOptions(command, 'the official loose crops, aligned by the points of the name list')
    .option('--feature-norm <keep|drop>', 'images count by the length of their embeddings, or all alike', 'keep')
    .option('--detector-score <on|off>', 'images count by how sure the detector was', 'on')
    .option('--flip <on|off>', 'add the mirrored image', 'on')
    .option('--report <html>', REPORT_OPTION)
    .option('--json', 'print one JSON object; rates are fractions');
}

function fusionOf(options: FusionOptions): Required<Fusion> & { meta: string; subset: 'ijbb' | 'ijbc' } {
  return {
    meta: options.meta,
    subset: oneOf(['ijbb', 'ijbc'] as const, 'evaluate', '--subset', options.subset),
    featureNorm: oneOf(['keep', 'drop'] as const, 'evaluate', '--feature-norm', options.featureNorm),
    detectorScore: oneOf(['on', 'off'] as const, 'evaluate', '--detector-score', options.detectorScore),
    flip: oneOf(['on', 'off'] as const, 'evaluate', '--flip', options.flip),
  };
}

function table(result: IjbResult): string {
  const { protocol, featureNorm, detectorScore, flip, far, tar, met, trials, genuine, templates, images } = result;
  const count = (value: number): string => value.toLocaleString('en-GB');
  return [
    `${protocol} 1:1, ${count(trials)} trials (${count(genuine)} genuine), ${count(templates)} templates of ${count(images)} images`,
    `feature norm kept: ${featureNorm === 'keep' ? 'yes' : 'no'}, detector score: ${detectorScore}, flip: ${flip}, FAR: ${far === 'nearest' ? 'nearest' : 'at most'}`,
    ...Object.entries(tar).map(
      ([name, rate]) => `TAR @ FAR ${name}  ${(100 * rate).toFixed(2).padStart(6)} %  (FAR met ${met[name]!.toExponential(2)})`, // prettier-ignore
    ),
    `at most ${count(result.peakOpenMedia)} of ${count(result.media)} media were open at one time`,
  ].join('\n');
}
