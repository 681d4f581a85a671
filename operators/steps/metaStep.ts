import { OptionError } from '../../pipeline/errors.ts';
import type { Factor, Sample } from '../../pipeline/items.ts';
import type { MetaPool } from '../mining/metaPool.ts';
import type { MineOptions } from '../mining/mine.ts';
import type { Centres } from '../net/centres.ts';
import type { Model } from '../net/model.ts';
import type { VariationClassifier } from '../variation/classifier.ts';
import type { Hypergrad } from './hypergradient.ts';
import { marginResiduals } from './marginResiduals.ts';
import type { MetaRule } from './metaRule.ts';
import { metaUpdate, type MetaInput, type MetaSettings } from './metaUpdate.ts';
import type { PseudoStep } from './pseudoStep.ts';
import type { StepNumbers } from './readback.ts';
import { sgd } from './sgd.ts';
import { stepStage, type StepOptions, type TrainStep, type UpdatePoint } from './stepStage.ts';
import type { Trained } from './trainingState.ts';

export type { MetaInput };

export interface MetaStepOptions extends StepOptions {
  /** v_k, one a variation that is to count; warmed up by `warmUpStep`. */
  classifiers: readonly VariationClassifier[];
  /** What meta batches are mined from; filled by `fillPool`, and a step's candidates join it. */
  pool: MetaPool;
  /** How they are mined; `mine` has the defaults. */
  mining?: Pick<MineOptions, 'count' | 'mode' | 'cap' | 'metaLabels'>;
  /** What is learned of each sample. Default: `marginResiduals()`, MvCoM. */
  rule?: MetaRule;
  /** Default 'jvp'. Differences are not for bfloat16. */
  hypergrad?: Hypergrad;
  /** Default 'sgd' (Eq 10). 'none' saves a backward; it is for learning rates up to 1e-3, where it errs by some 2 %. */
  pseudo?: PseudoStep;
  /** lambda_k (Eq 5), at least 0; 0 leaves a variation out. Default 1 each. */
  lambda?: Partial<Record<Factor, number>>;
  /** Every so many iterations learn residuals; the others take the margin as it is. Default 1. */
  metaEvery?: number;
  /** Statistics on the meta batch: 'train' (default), its own and with dropout, or 'running'. Running ones never move by it. */
  metaBN?: 'train' | 'running';
  /**
   * Every so many iterations all samples are reported with each variation's part of their residuals, for a backward and a tangent
   * more each; 0 (default): never.
   */
  logPerVariationEvery?: number;
  /** Learning rate of the classifiers, above 0. Default 0.1. */
  variationLr?: number;
  /** Candidates that teach those classifiers the batch has no labels for, and stay out of the pool. Default: none. */
  teaches?: (candidate: Sample) => boolean;
}

/** 'none' takes the slope where the network is, not where the batch would bring it: beyond this rate that is another place. */
const LARGEST_WITHOUT_PSEUDO = 1e-3;

/**
 * MvCoM: one update of the network for each batch, in which a meta batch has first said how much each of its samples should count.
 *
 * In plain words: a training step that asks, before it is taken, whether it would help with the poses, blurs and so on that this batch
 * lacks, and gives those faces more margin that would.
 *
 *     [batch, candidates] ------ [batch, candidates] ------ |
 *     metaStep({ ... })
 *     {iteration 1, loss 4.2} -- {iteration 2, loss 4.1} -- |
 *
 * ```ts
 * const blur = variationClassifier({ factor: 'blur', dimension: 8, seed: 7, warmup: 1 });
 * const labelled = batches.map((batch) => ({ ...batch, variation: { ...batch.variation, blur: Int32Array.of(0, 3) } }));
 * await lastValueFrom(from(labelled).pipe(warmUpStep({ model, classifiers: [blur] })));
 * const pool = metaPool({ faces: 2, draws: 1, size: [32, 32], dimension: 8, seed: 7 });
 * await lastValueFrom(from(labelled).pipe(fillPool({ pool, model })));
 * const margin = classVolume({ counts: [1, 1] });
 * from(labelled)
 *   .pipe(map((batch): MetaInput => [batch, []]), metaStep({ model, centres, margin, schedule, classifiers: [blur], pool }))
 *   .subscribe(({ loss, figures }) => console.log(loss, figures['residual.rms']));
 * ```
 *
 * The meta-gradient is exact in closed form: an additive margin is a weight on a sample's gradient, so its second order is one tangent of
 * the embeddings along the gradient of the meta loss (`slopeByWeight`), from activations that are there. One forward of the batch serves
 * all; running statistics, margin statistics and the optimiser move once an iteration. All variations share one tangent. Any margin
 * will do; AdaFace's quality indicator counts as a constant.
 *
 * It is synchronous, and apart from mining its one readback comes after the update. In a plain pipe nothing bounds what piles up before
 * it; in a graph the link does.
 *
 * "Learning to Learn across Diverse Data Biases in Deep Face Recognition", Algorithm 1.
 *
 * @return One item per batch, in order. Figures beside those of `trainStep`: 'variation.<factor>.loss', of a classifier on what it
 * learned from; 'meta.loss' (sum of lambda_k^2 L_k at the pseudo-updated network), 'meta.loss.<factor>', 'meta.predicted' (its
 * first-order change by the residuals), 'residual.mean', '.rms', '.largest', and 'residual.<factor>.<class>'. Columns of a snapshot beside
 * those: 'residual', 'residual.<factor>'. Errors with StageError also where a variation counts whose classifier is not trained.
 * @throws OptionError where an option is outside its bounds
 */
export function metaStep(options: MetaStepOptions): TrainStep<MetaInput> {
  const { model, centres, margin, classifiers, pool, mining = {}, lambda = {}, rule = marginResiduals() } = options;
  const { hypergrad = 'jvp', pseudo = 'sgd', metaBN = 'train', variationLr = 0.1 } = options;
  const { metaEvery = 1, logPerVariationEvery = 0, teaches = () => false } = options;
  const settings: MetaSettings = {
    rule,
    hypergrad,
    pseudo,
    metaBN,
    classifiers,
    pool,
    mining,
    lambda: (factor) => lambda[factor] ?? 1,
    variationLr,
    teaches,
  };
  check(model.precision, settings, lambda, { metaEvery, logPerVariationEvery });
  if (!('params' in centres)) {
    const expected = 'classCentres, all of which take part in each step';
    throw new OptionError('metaStep', 'centres', expected, 'sampledCentres');
  }
  const states = Object.fromEntries(classifiers.map(({ factor, state }) => [factor, state]));
  const beside = { ...states, pool: pool.state };
  const trained: Trained<Centres> = { model, centres, margin, optimiser: sgd(options.optimiser), beside };

  const update = (input: MetaInput, at: UpdatePoint): StepNumbers => {
    const learns = hypergrad !== 'none' && at.iteration % metaEvery === 0;
    if (learns) ready(settings, at);
    const apart = learns && logPerVariationEvery > 0 && at.iteration % logPerVariationEvery === 0;
    return metaUpdate(trained, settings, input, at, { learns, apart });
  };
  const kind = { name: 'metaStep', takes: '[Batch, Sample[]]', batchOf: ([batch]: MetaInput) => batch, update };
  return stepStage(kind, trained, options);
}

function ready({ classifiers, lambda, pseudo, rule }: MetaSettings, at: UpdatePoint): void {
  const untrained = classifiers.find(({ factor, trained }) => lambda(factor) > 0 && !trained);
  if (untrained) {
    const { factor } = untrained;
    at.fail(`variation '${factor}' counts ${lambda(factor)}, but its classifier is not trained: warm it up first`);
  }
  if (pseudo === 'none' && !rule.fromNothing && at.learningRate > LARGEST_WITHOUT_PSEUDO) {
    at.fail(`pseudo 'none' is for learning rates up to ${LARGEST_WITHOUT_PSEUDO}, received ${at.learningRate}`);
  }
}

function check(
  precision: Model['precision'],
  { classifiers, hypergrad, pseudo, metaBN, variationLr }: MetaSettings,
  lambda: NonNullable<MetaStepOptions['lambda']>,
  { metaEvery, logPerVariationEvery }: Record<'metaEvery' | 'logPerVariationEvery', number>,
): void {
  const demand = (holds: boolean, option: string, expected: string, received: unknown): void => {
    if (!holds) throw new OptionError('metaStep', option, expected, received);
  };
  const kinds = ['jvp', 'fdCentral', 'fdForward', 'none'];
  demand(kinds.includes(hypergrad), 'hypergrad', `one of ${kinds.join(', ')}`, hypergrad);
  demand(
    precision === 'float32' || ['jvp', 'none'].includes(hypergrad),
    'hypergrad',
    `'jvp' or 'none' in ${precision}`,
    hypergrad,
  );
  demand(['sgd', 'optimizer', 'none'].includes(pseudo), 'pseudo', "'sgd', 'optimizer' or 'none'", pseudo);
  demand(metaBN === 'train' || metaBN === 'running', 'metaBN', "'train' or 'running'", metaBN);
  for (const [factor, value] of Object.entries(lambda))
    demand(value >= 0 && value < Infinity, `lambda.${factor}`, 'at least 0', value);
  demand(variationLr > 0 && variationLr < Infinity, 'variationLr', 'above 0', variationLr);
  const factors = classifiers.map(({ factor }) => factor);
  demand(factors.length > 0 && new Set(factors).size === factors.length, 'classifiers', 'one a variation', factors);
  for (const [name, value, least] of [
    ['metaEvery', metaEvery, 1],
    ['logPerVariationEvery', logPerVariationEvery, 0],
  ] as const) {
    demand(Number.isInteger(value) && value >= least, name, `a whole number of at least ${least}`, value);
  }
}
