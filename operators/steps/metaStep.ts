import { OptionError } from '../../pipeline/errors.ts';
import type { Factor, Sample } from '../../pipeline/items.ts';
import type { Hypergrad } from './hypergradient.ts';
import { marginResiduals } from './marginResiduals.ts';
import type { MetaRule } from './metaRule.ts';
import type { MetaSettings } from './metaSettings.ts';
import type { FreshPool, MetaBatch, MetaClassifier, MetaInput, MiningQuery } from './metaTypes.ts';
import { metaUpdate } from './metaUpdate.ts';
import type { PseudoStep } from './pseudoStep.ts';
import type { StepNumbers } from './readback.ts';
import { sgd } from './sgd.ts';
import { stepStage, type StepOptions, type TrainStep, type UpdatePoint } from './stepStage.ts';
import type { Trained } from './trainingState.ts';
import { warmUp } from './warmUp.ts';

export interface MetaStepOptions extends StepOptions {
  /** v_k, one a variation that is to count. */
  classifiers: readonly MetaClassifier[];
  /** Where candidates and fresh embeddings go. */
  pool: FreshPool;
  /** The meta batch for a batch (paper, Eq 9). What it may read back are places in the pool. */
  mine: (query: MiningQuery) => MetaBatch;
  /** What is learned of each sample. Default: `marginResiduals()`, MvCoM. */
  rule?: MetaRule;
  /** Default 'jvp'. Differences are not for bfloat16. */
  hypergrad?: Hypergrad;
  /** Default 'sgd' (Eq 10). 'none' saves a backward; it is for learning rates up to 1e-3, where it errs by some 2 %. */
  pseudo?: PseudoStep;
  /** lambda_k (Eq 5), at least 0; 0 leaves a variation out. Default 1 each. */
  lambda?: Partial<Record<Factor, number>>;
  /** Every so many iterations of the meta phase learn residuals; the others take the margin as it is. Default 1. */
  metaEvery?: number;
  /** Statistics on the meta batch: 'train' (default), its own and with dropout, or 'running'. Running ones never move by it. */
  metaBN?: 'train' | 'running';
  /** Iterations before the meta phase, in which classifiers learn and the network stands still. Default 500. */
  warmup?: number;
  /** Every so many iterations each variation's part of the residuals is reported, for one tangent more each; 0 (default): never. */
  logPerVariationEvery?: number;
  /** Candidates that teach those classifiers the batches have no labels for, and stay out of the pool. Default: none. */
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
 *     [batch, candidates] ------------ [batch, candidates] ------------ |
 *     metaStep({ ..., warmup: 1 })
 *     {phase 'warm-up', iteration 1} - {phase 'meta', iteration 2} ---- |
 *
 * ```ts
 * const step = metaStep({ model, centres, margin: classVolume({ counts: [1, 1] }), schedule, ...variations });
 * from(batches)
 *   .pipe(map((batch): MetaInput => [batch, []]), step)
 *   .subscribe(({ phase, figures }) => console.log(phase, figures['residual.rms']));
 * ```
 *
 * The meta-gradient is exact in closed form: an additive margin is a weight on a sample's gradient, so its second order is one tangent of
 * the embeddings along the gradient of the meta loss (`slopeByWeight`), from activations that are there. One forward of the batch serves
 * all; running statistics, margin statistics and the optimiser move once an iteration. All variations share one tangent. Any margin
 * will do; AdaFace's quality indicator counts as a constant. The schedule counts from the start of the meta phase.
 *
 * It is synchronous, and apart from mining its one readback comes after the update. In a plain pipe nothing bounds what piles up before
 * it; in a graph the link does.
 *
 * "Learning to Learn across Diverse Data Biases in Deep Face Recognition", Algorithm 1.
 *
 * @return One item per batch, in order. Figures beside those of `trainStep`: 'variation.<factor>', loss of a classifier on what it
 * learned from; 'meta.loss' (sum of lambda_k^2 L_k at the pseudo-updated network), 'meta.loss.<factor>', 'meta.predicted' (its
 * first-order change by the residuals), 'residual.mean', '.rms', '.largest', and 'residual.<factor>.<class>'. Columns of a snapshot beside
 * those: 'residual', 'residual.<factor>'. Errors with StageError also where a variation counts whose classifier is not trained.
 * @throws OptionError where an option is outside its bounds
 */
export function metaStep(options: MetaStepOptions): TrainStep<MetaInput> {
  const { model, centres, margin, classifiers, pool, mine, lambda = {}, rule = marginResiduals() } = options;
  const { hypergrad = 'jvp', pseudo = 'sgd', metaBN = 'train', teaches = () => false } = options;
  const { metaEvery = 1, warmup = 500, logPerVariationEvery = 0 } = options;
  check(options);
  const counts = (factor: Factor): number => lambda[factor] ?? 1;
  const settings: MetaSettings = { rule, hypergrad, pseudo, metaBN, classifiers, pool, mine, lambda: counts, teaches };
  const beside = Object.fromEntries(classifiers.map(({ factor, state }) => [`variation.${factor}`, state]));
  const trained: Trained = {
    model,
    centres,
    margin,
    optimiser: sgd(options.optimiser),
    beside: { ...beside, pool: pool.state },
  };

  const update = (input: MetaInput, at: UpdatePoint): StepNumbers => {
    if (at.iteration < warmup) return warmUp(trained, settings, input, at);
    const learns = hypergrad !== 'none' && (at.iteration - warmup) % metaEvery === 0;
    if (learns) ready(settings, at);
    const apart = learns && logPerVariationEvery > 0 && (at.iteration - warmup) % logPerVariationEvery === 0;
    return metaUpdate(trained, settings, input, at, { learns, apart });
  };
  const phase = (iteration: number) =>
    iteration < warmup ? { name: 'warm-up', begins: 0 } : { name: 'meta', begins: warmup };
  const kind = { name: 'metaStep', takes: '[Batch, Sample[]]', batchOf: ([batch]: MetaInput) => batch, update, phase };
  return stepStage(kind, trained, options);
}

function ready({ classifiers, lambda, pseudo, rule }: MetaSettings, at: UpdatePoint): void {
  const untrained = classifiers.find(({ factor, trained }) => lambda(factor) > 0 && !trained);
  if (untrained) {
    const { factor } = untrained;
    at.fail(`variation '${factor}' counts ${lambda(factor)}, but its classifier is not trained: lengthen the warm-up`);
  }
  if (pseudo === 'none' && !rule.fromNothing && at.learningRate > LARGEST_WITHOUT_PSEUDO) {
    at.fail(`pseudo 'none' is for learning rates up to ${LARGEST_WITHOUT_PSEUDO}, received ${at.learningRate}`);
  }
}

function check(options: MetaStepOptions): void {
  const { model, classifiers, hypergrad = 'jvp', pseudo = 'sgd', metaBN = 'train', lambda = {} } = options;
  const { metaEvery = 1, warmup = 500, logPerVariationEvery = 0 } = options;
  const demand = (holds: boolean, option: string, expected: string, received: unknown): void => {
    if (!holds) throw new OptionError('metaStep', option, expected, received);
  };
  const kinds = ['jvp', 'fdCentral', 'fdForward', 'none'];
  demand(kinds.includes(hypergrad), 'hypergrad', `one of ${kinds.join(', ')}`, hypergrad);
  demand(
    model.precision === 'float32' || ['jvp', 'none'].includes(hypergrad),
    'hypergrad',
    `'jvp' or 'none' in ${model.precision}`,
    hypergrad,
  );
  demand(['sgd', 'optimizer', 'none'].includes(pseudo), 'pseudo', "'sgd', 'optimizer' or 'none'", pseudo);
  demand(metaBN === 'train' || metaBN === 'running', 'metaBN', "'train' or 'running'", metaBN);
  for (const [factor, value] of Object.entries(lambda))
    demand(value >= 0 && value < Infinity, `lambda.${factor}`, 'at least 0', value);
  const factors = classifiers.map(({ factor }) => factor);
  demand(factors.length > 0 && new Set(factors).size === factors.length, 'classifiers', 'one a variation', factors);
  for (const [name, value, least] of [
    ['metaEvery', metaEvery, 1],
    ['warmup', warmup, 0],
    ['logPerVariationEvery', logPerVariationEvery, 0],
  ] as const) {
    demand(Number.isInteger(value) && value >= least, name, `a whole number of at least ${least}`, value);
  }
}
