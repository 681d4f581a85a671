import { graph, run, type Progress } from 'rxface';
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
import {
  embeddingRows,
  ijbDetectorScores,
  ijbImages,
  ijbTrials,
  type IjbSubset,
  type StoredEmbeddings,
} from 'rxface/sources';

/** How embeddings of images become templates. */
export interface Fusion {
  /** Whether an image counts by the length of its embedding. Default 'keep'. */
  featureNorm?: 'keep' | 'drop';
  /** Whether it counts by how sure the detector was of it. Default 'on'. */
  detectorScore?: 'on' | 'off';
  /** Whether the embedding of the mirrored image is added: [N, 2, D] holds it second. Default 'on'. */
  flip?: 'on' | 'off';
}

/** What templates are fused from, and how. */
export interface TemplateFiles extends Fusion {
  /** Folder of the official lists. */
  meta: string;
  subset: IjbSubset;
  /** .npy of which row i is image i of the lists. */
  embeddings: string;
}

export interface EvaluateIjbOptions extends TemplateFiles {
  /** How the ROC curve is read; see `tarAtFars`. Default 'nearest'. */
  far?: FarMode;
  signal?: AbortSignal;
  progress?: Progress;
  /** Takes the figures so far, after every block of images. */
  onPartial?: (partial: ScoredTrials) => void;
  /** Takes all scores once they are there. */
  onScores?: (scores: SortedScores) => void;
}

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
 * IJB-B or IJB-C 1:1 verification from stored embeddings: template pairs scored as templates become complete.
 *
 * Memory is one row for each template, the media that miss images and 12 bytes a trial; no engine is needed.
 *
 * @throws FileError, FormatError for files that are missing or wrong; OptionError for `flip: 'on'` and one embedding a row
 */
export async function evaluateIjb(options: EvaluateIjbOptions): Promise<IjbResult> {
  const { meta, subset, far = 'nearest', signal, progress, onPartial, onScores } = options;
  const { featureNorm = 'keep', detectorScore = 'on', flip = 'on' } = options;
  const { stored, plan, fuse } = await openTemplates(options);
  const trials = await ijbTrials(meta, subset, plan.numberOf);
  let last: ScoredTrials | undefined;
  const scoring = graph(`evaluate ${subset}`)
    .source('embeddings', stored, { capacity: 2 })
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
        const { scored: done, trials: total, counts } = item;
        const tar = counts.tarAt(1e-4);
        progress?.show({ unit: 'trials', done, total, ...(tar !== undefined && { figures: { 'TAR at 1e-4': tar } }) });
      }),
    );
  try {
    await run(scoring, { ...(signal && { signal }) });
  } finally {
    progress?.end();
  }
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
    images: stored.rows,
    media: plan.images.length,
    templates: plan.templates.length,
    peakOpenMedia,
  };
}

/** Opens the lists and the embeddings of a subset; `fuse` makes these into templates. */
export async function openTemplates({
  meta,
  subset,
  embeddings,
  featureNorm = 'keep',
  detectorScore = 'on',
  flip = 'on',
}: TemplateFiles): Promise<{
  stored: StoredEmbeddings;
  plan: FusionPlan;
  fuse: ReturnType<typeof fuseTemplates>;
}> {
  const { templates, media } = await ijbImages(meta, subset);
  const plan = fusionPlan(templates, media);
  const rows = templates.length;
  const stored = await embeddingRows(embeddings, { rows, flip });
  const detectorScores = detectorScore === 'on' && (await ijbDetectorScores(meta, subset, rows));
  return { stored, plan, fuse: fuseTemplates(plan, { featureNorm, ...(detectorScores && { detectorScores }) }) };
}
