import { OptionError } from '../errors.ts';
import type { Fusion, IjbResult } from '../recipes/evaluateIjb.ts';
import { verificationTable } from './verificationTable.ts';
import { examples, oneOf, sayJson, sayResult, type Command } from './program.ts';
import { rowsOptions, withRows, type RowsOptions } from './withRows.ts';

interface FusionOptions extends RowsOptions {
  meta: string;
  subset: string;
  featureNorm: string;
  detectorScore: string;
  flip: string;
  json?: boolean;
}

/** `rxface evaluate ijb|ijb-1n|tinyface|pairs`: protocols scored from stored embeddings, which no engine is needed for, or from images. */
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
      await withRows('ijb', options, async (rows) => {
        const result = await evaluateIjb({ ...fusion, ...rows, far });
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
      const lists = { ...fusionOf(options), gallery: options.gallery, probe: options.probe, mode };
      await withRows('ijb-1n', options, async (rows) => {
        const result = await identifyIjb({ ...lists, ...rows });
        if (options.json) return sayJson(result);
        const { rank, tpir, recall, probes, gallery } = result;
        sayResult(
          [
            `${options.subset} 1:N (${mode}), ${probes} probes, galleries of ${gallery.join(' and ')}`,
            ...rates('rank', rank),
            ...rates('TPIR @ FPIR', tpir),
            ...rates('recall @ FAR', recall),
          ].join('\n'),
        );
      });
    });
}

interface TinyFaceOptions extends RowsOptions {
  names?: string;
  lists?: string;
  json?: boolean;
}

function tinyFace(evaluate: Command): void {
  const command = evaluate
    .command('tinyface')
    .description('TinyFace: rank-1, 5 and 20 among matches and distractors')
    .option('--names <txt>', 'of stored embeddings: one path a line in their order; its folder says what it is')
    .option('--lists <dir>', 'the official .mat lists: whatever they name must be there');
  rowsOptions(command, STORED, 'Testing_Set: Probe, Gallery_Match and Gallery_Distractor, aligned')
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
    .action(async ({ names, lists, json, ...options }: TinyFaceOptions) => {
      if ((names === undefined) !== (options.embeddings === undefined))
        throw new OptionError('evaluate tinyface', '--names', 'given together with --embeddings', names ?? 'nothing');
      const { evaluateTinyFace } = await import('../recipes/evaluateStored.ts');
      await withRows('tinyface', options, async (rows) => {
        const result = await evaluateTinyFace({
          ...('embeddings' in rows ? { ...rows, names: names! } : rows),
          ...(lists && { lists }),
        });
        if (json) return sayJson(result);
        const { rank, probes, gallery } = result;
        sayResult([`TinyFace, ${probes} probes with a mate, gallery of ${gallery}`, ...rates('rank', rank)].join('\n'));
      });
    });
}

function pairs(evaluate: Command): void {
  evaluate
    .command('pairs')
    .description('a pair protocol of your own, in ten folds')
    .requiredOption('--embeddings <npy>', `${STORED}; rows 2p and 2p + 1 are pair p`)
    .requiredOption('--issame <npy|txt>', 'whether each pair shows one person')
    .option('--json', 'print one JSON object; rates are fractions')
    .addHelpText(
      'after',
      examples(
        ['rxface evaluate pairs --embeddings pairs.npy --issame lfw_list.npy', 'accuracy, VAL, AUC'],
        ['rxface evaluate pairs --embeddings pairs.npy --issame same.txt --json', 'one JSON object'],
      ),
    )
    .action(async ({ embeddings, issame, json }: { embeddings: string; issame: string; json?: boolean }) => {
      const { evaluateStoredPairs } = await import('../recipes/evaluateStored.ts');
      const result = await evaluateStoredPairs(embeddings, issame);
      if (json) sayJson(result);
      else sayResult(verificationTable('pairs', result));
    });
}

function rates(name: string, of: Readonly<Record<string, number>> = {}): string[] {
  return Object.entries(of).map(
    ([at, rate]) => `${`${name} ${at}`.padEnd(18)}${(100 * rate).toFixed(2).padStart(6)} %`,
  );
}

/** A protocol over templates. */
function fusing(evaluate: Command, name: string, title: string): Command {
  const command = evaluate
    .command(name)
    .description(title)
    .requiredOption('--meta <dir>', 'the official lists: ijbX_face_tid_mid.txt, ijbX_name_5pts_score.txt, ...')
    .requiredOption('--subset <ijbb|ijbc>', 'which of the two');
  return rowsOptions(command, STORED, 'the official loose crops, aligned by the points of the name list')
    .option('--feature-norm <keep|drop>', 'images count by the length of their embeddings, or all alike', 'keep')
    .option('--detector-score <on|off>', 'images count by how sure the detector was', 'on')
    .option('--flip <on|off>', 'add the mirrored image', 'on')
    .option('--json', 'print one JSON object; rates are fractions');
}

function fusionOf(options: FusionOptions): Fusion & { meta: string; subset: 'ijbb' | 'ijbc' } {
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
