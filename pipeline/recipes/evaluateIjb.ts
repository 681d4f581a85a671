import type { Progress } from 'rxface';
import {
  fuseTemplates,
  fusionPlan,
  scoreTrials,
  tarAtFars,
  type FarMode,
  type FusionPlan,
  type OperatingPoint,
  type ScoredTrials,
  type SortedScores,
} from 'rxface/operators';
import { toEach } from 'rxface/sinks';
import { ijbDetectorScores, ijbFaces, ijbImages, ijbTrials, openSource, type IjbSubset } from 'rxface/sources';
import { imagesFlow, storedFlow, type EmbeddingFlow, type RowsOf } from './embeddingFlow.ts';

/** How embeddings of images become templates. */
export interface Fusion {
  /** Whether an image counts by the length of its embedding. Default 'keep'. */
  featureNorm?: 'keep' | 'drop';
  /** Whether it counts by how sure the detector was of it. Default 'on'. */
  detectorScore?: 'on' | 'off';
  /** Whether the embedding of the mirrored image is added: stored [N, 2, D] hold it second. Default 'on'. */
  flip?: 'on' | 'off';
}

/**
 * What templates are fused from, and how: of an .npy file row i is image i of the lists; images are the official loose crops, which are
 * aligned by the lists' landmarks.
 */
export type TemplateFiles = Fusion &
  RowsOf & {
    /** Folder of the official lists. */
    meta: string;
    subset: IjbSubset;
    signal?: AbortSignal;
    progress?: Progress;
  };

export type EvaluateIjbOptions = TemplateFiles & {
  /** How the ROC curve is read; see `tarAtFars`. Default 'nearest'. */
  far?: FarMode;
  /** Takes the figures so far, after every block of images. */
  onPartial?: (partial: ScoredTrials) => void;
  /** Takes all scores once they are there. */
  onScores?: (scores: SortedScores) => void;
};

export interface IjbResult extends Required<Fusion> {
  protocol: IjbSubset;
  far: FarMode;
  /** TAR by the FAR asked for; all rates are fractions. */
  tar: Record<string, number>;
  /** The FAR met, and the cosine from which on pairs are accepted; null where none is. */
  met: Record<string, number>;
  threshold: Record<string, number>;
  trials: number;
  genuine: number;
  impostors: number;
  images: number;
  media: number;
  templates: number;
  /** Most media that missed images at one time. */
  peakOpenMedia: number;
}

/** The FARs of the field, as they are written. */
export const IJB_FARS = ['1e-6', '1e-5', '1e-4', '1e-3', '1e-2', '1e-1'] as const;

/**
 * IJB-B or IJB-C 1:1 verification: template pairs scored as templates become complete, while the embeddings are read or the images
 * stream in.
 *
 * Memory is one row for each template, the media that miss images and 12 bytes a trial; stored embeddings need no engine.
 *
 * @throws FileError, FormatError for files that are missing or wrong; OptionError for `flip: 'on'` and one embedding a row; StageError
 * for an image that cannot be decoded: nothing may stand in for it here
 */
export async function evaluateIjb(options: EvaluateIjbOptions): Promise<IjbResult> {
  const { meta, subset, far = 'nearest', onPartial, onScores } = options;
  const { featureNorm = 'keep', detectorScore = 'on', flip = 'on' } = options;
  const { embedded, plan, fuse } = await openTemplates(options);
  const trials = await ijbTrials(meta, subset, plan.numberOf);
  let last: ScoredTrials | undefined;
  const scoring = embedded.flow
    .pipe('templates', fuse, { capacity: 1 })
    .pipe(
      'trials',
      scoreTrials(plan.templates.length, () => trials),
      { capacity: 1 },
    )
    .sink(
      'scores',
      toEach<ScoredTrials>((item) => {
        last = item;
        onPartial?.(item);
      }),
    );
  await embedded.run(scoring, { ...options, figures: () => partialFigures(last) });
  const { scores, peakOpenMedia } = last!;
  onScores?.(scores!);
  const points = tarAtFars(scores!, IJB_FARS.map(Number), far);
  const by = (read: (point: OperatingPoint) => number): Record<string, number> =>
    Object.fromEntries(IJB_FARS.map((name, i) => [name, read(points[i]!)]));
  return {
    protocol: subset,
    featureNorm,
    detectorScore,
    flip,
    far,
    tar: by(({ tar }) => tar),
    met: by((point) => point.far),
    threshold: by(({ threshold }) => threshold),
    trials: trials.pairs.length / 2,
    genuine: trials.genuine,
    impostors: scores!.impostors.length,
    images: embedded.rows,
    media: plan.images.length,
    templates: plan.templates.length,
    peakOpenMedia,
  };
}

/** What is shown while it runs: the share of trials scored, and what these say of the model. */
function partialFigures(standing: ScoredTrials | undefined): Record<string, number> {
  if (standing === undefined) return {};
  const { scored, trials, counts } = standing;
  const tar = counts.tarAt(1e-4);
  return { 'share of trials': scored / trials, ...(tar !== undefined && { 'TAR at 1e-4': tar }) };
}

/** Opens the lists of a subset, and its embeddings or images; `fuse` makes these into templates. */
export async function openTemplates(options: TemplateFiles): Promise<{
  embedded: EmbeddingFlow;
  plan: FusionPlan;
  fuse: ReturnType<typeof fuseTemplates>;
}> {
  const { meta, subset, featureNorm = 'keep', detectorScore = 'on', flip = 'on' } = options;
  const { templates, media } = await ijbImages(meta, subset);
  const plan = fusionPlan(templates, media);
  const rows = templates.length;
  const detectorScores = detectorScore === 'on' && (await ijbDetectorScores(meta, subset, rows));
  const embedded = await flowOf(`evaluate ${subset}`, options, { rows, flip });
  return { embedded, plan, fuse: fuseTemplates(plan, { featureNorm, ...(detectorScores && { detectorScores }) }) };
}

async function flowOf(
  name: string,
  options: TemplateFiles,
  { rows, flip }: { rows: number; flip: 'on' | 'off' },
): Promise<EmbeddingFlow> {
  if ('embeddings' in options) return storedFlow(name, options.embeddings, { rows, flip });
  const { data, meta, subset, ...how } = options;
  const faces = await ijbFaces(await openSource(data), meta, subset);
  return imagesFlow(name, faces, { ...how, flip: flip === 'on' });
}
