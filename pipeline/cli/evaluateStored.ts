import type { Identified, SortedScores } from 'rxface/operators';
import { createProgress } from '../progress.ts';
import type { EvaluateIjbOptions, Fusion, IjbResult, TemplateFiles } from '../recipes/evaluateIjb.ts';
import { checkReport, FAR_OPTION, REPORT_OPTION, reported } from './reported.ts';
import { verificationTable } from './verificationTable.ts';
import { examples, interruptible, oneOf, sayJson, sayResult, type Command } from './program.ts';

interface StoredOptions {
  embeddings: string;
  report?: string;
  json?: boolean;
}

interface FusionOptions {
  embeddings: string;
  meta: string;
  subset: string;
  featureNorm: string;
  detectorScore: string;
  flip: string;
  report?: string;
  json?: boolean;
}

/** `rxface evaluate ijb|ijb-1n|tinyface|pairs`: protocols scored from stored embeddings, which no engine is needed for. */
export function storedProtocols(evaluate: Command): void {
  verificationOf(evaluate);
  identification(evaluate);
  tinyFace(evaluate);
  pairs(evaluate);
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
      ),
    )
    .action(async (options: FusionOptions & { far: string }) => {
      const { evaluateIjb } = await import('../recipes/evaluateIjb.ts');
      const far = oneOf(['nearest', 'atMost'] as const, 'evaluate', '--far', options.far);
      const given: EvaluateIjbOptions = { ...fusionOf(options), far };
      await interruptible('', async (signal) => {
        let scores: SortedScores | undefined;
        const onScores = (all: SortedScores): void => void (scores = all);
        const result = await evaluateIjb({ ...given, signal, progress: createProgress(), onScores });
        await reported(options.report, ({ ijbRecord }) => ijbRecord(options.embeddings, result, scores!));
        if (options.json) sayJson(result);
        else sayResult(table(result));
      });
    });
}

const STORED = '[N, D], or [N, 2, D] with the mirrored image second; float16, 32 or 64';

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
      let found: Identified | undefined;
      const onRanks = (all: Identified): void => void (found = all);
      const { gallery: lists, probe, embeddings } = options;
      const fusion = fusionOf(options);
      const result = await identifyIjb({ ...fusion, gallery: lists, probe, mode, onRanks });
      const { rank, tpir, recall, probes, gallery } = result;
      await reported(options.report, ({ fusionFacts, identificationRecord }) =>
        identificationRecord(
          { protocol: `${options.subset} 1:N (${mode})`, model: embeddings, facts: fusionFacts(fusion) },
          {
            ranks: [1, 5, 10],
            gallery: gallery.reduce((a, b) => (mode === 'legacy' ? a + b : Math.min(a, b))),
            rates: named({ 'TPIR at FPIR': tpir, 'recall at FAR': recall }),
          },
          found!,
        ),
      );
      if (options.json) return sayJson(result);
      sayResult(
        [
          `${options.subset} 1:N (${mode}), ${probes} probes, galleries of ${gallery.join(' and ')}`,
          ...rates('rank', rank),
          ...rates('TPIR @ FPIR', tpir),
          ...rates('recall @ FAR', recall),
        ].join('\n'),
      );
    });
}

function tinyFace(evaluate: Command): void {
  evaluate
    .command('tinyface')
    .description('TinyFace: rank-1, 5 and 20 among matches and distractors')
    .requiredOption('--names <txt>', 'one path a line in the order of the embeddings; its folder says what it is')
    .requiredOption('--embeddings <npy>', STORED)
    .option('--report <html>', REPORT_OPTION)
    .option('--json', 'print one JSON object; rates are fractions')
    .addHelpText(
      'after',
      examples(
        [
          'rxface evaluate tinyface --names names.txt --embeddings tinyface.npy',
          'of equal scores the larger gallery index comes first',
        ],
        ['rxface evaluate tinyface --names names.txt --embeddings tinyface.npy --json', 'one JSON object'],
      ),
    )
    .action(async ({ names, embeddings, report, json }: { names: string } & StoredOptions) => {
      const { evaluateTinyFace } = await import('../recipes/evaluateStored.ts');
      let found: Identified | undefined;
      checkReport(report);
      const result = await evaluateTinyFace(names, embeddings, (all) => void (found = all));
      const { rank, probes, gallery } = result;
      await reported(report, ({ identificationRecord }) =>
        identificationRecord({ protocol: 'tinyface', model: embeddings }, { ranks: [1, 5, 20], gallery }, found!),
      );
      if (json) return sayJson(result);
      sayResult([`TinyFace, ${probes} probes with a mate, gallery of ${gallery}`, ...rates('rank', rank)].join('\n'));
    });
}

function pairs(evaluate: Command): void {
  evaluate
    .command('pairs')
    .description('a pair protocol of your own, in ten folds')
    .requiredOption('--embeddings <npy>', `${STORED}; rows 2p and 2p + 1 are pair p`)
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
    .action(async ({ embeddings, issame, far, report, json }: { issame: string; far?: number } & StoredOptions) => {
      const { scoreStoredPairs } = await import('../recipes/evaluateStored.ts');
      const { pairFigures } = await import('../recipes/pairFigures.ts');
      checkReport(report);
      const found = pairFigures(await scoreStoredPairs(embeddings, issame), far);
      await reported(report, ({ pairRecord }) => pairRecord({ protocol: 'pairs', model: embeddings }, found));
      const { roc: _roc, histogram: _histogram, ...figures } = found;
      if (json) sayJson(figures);
      else sayResult(verificationTable('pairs', figures));
    });
}

/** { 'TPIR at FPIR': { '0.01': x } } as { 'TPIR at FPIR 0.01': x }. */
function named(rates: Record<string, Readonly<Record<string, number>> | undefined>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(rates).flatMap(([name, of = {}]) => Object.entries(of).map(([at, rate]) => [`${name} ${at}`, rate])),
  );
}

function rates(name: string, of: Readonly<Record<string, number>> = {}): string[] {
  return Object.entries(of).map(
    ([at, rate]) => `${`${name} ${at}`.padEnd(18)}${(100 * rate).toFixed(2).padStart(6)} %`,
  );
}

/** A protocol over templates. */
function fusing(evaluate: Command, name: string, title: string): Command {
  return evaluate
    .command(name)
    .description(title)
    .requiredOption('--meta <dir>', 'the official lists: ijbX_face_tid_mid.txt, ijbX_name_5pts_score.txt, ...')
    .requiredOption('--subset <ijbb|ijbc>', 'which of the two')
    .requiredOption('--embeddings <npy>', STORED)
    .option('--feature-norm <keep|drop>', 'images count by the length of their embeddings, or all alike', 'keep')
    .option('--detector-score <on|off>', 'images count by how sure the detector was', 'on')
    .option('--flip <on|off>', 'add the mirrored image', 'on')
    .option('--report <html>', REPORT_OPTION)
    .option('--json', 'print one JSON object; rates are fractions');
}

function fusionOf(options: FusionOptions): TemplateFiles & Required<Fusion> {
  checkReport(options.report);
  return {
    meta: options.meta,
    embeddings: options.embeddings,
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
