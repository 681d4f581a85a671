import { FACTORS, type Factor, type Sample } from 'rxface';
import {
  learningToReweight,
  marginResiduals,
  metaCw,
  metaPool,
  variationClassifier,
  type MetaPool,
  type MetaRule,
  type MetaStepOptions,
  type VariationClassifier,
} from 'rxface/operators';
import type { MetaConfig } from './metaSchema.ts';
import { optimiserOf } from './parts.ts';
import type { Config } from './schema.ts';

/** The variations that a meta phase goes by. */
export function countingFactors({ lambda }: Pick<MetaConfig, 'lambda'>): Factor[] {
  return FACTORS.filter((factor) => lambda[factor] > 0);
}

/** What is learned of each sample. */
export function ruleOf(rule: MetaConfig['rule']): MetaRule {
  switch (rule.name) {
    case 'mvcom': {
      const { step, size, tau, ...bounds } = rule;
      return marginResiduals({ step, ...(step === 'rms' ? { size } : tau !== undefined && { tau }), ...bounds });
    }
    case 'metacw':
      return metaCw(rule);
    case 'reweight':
      return learningToReweight();
  }
}

/**
 * A classifier for each variation that counts. It counts as trained once half of the warm-up's steps have taught it: a batch may
 * have no face with a label.
 */
export function classifiersOf({ meta, model, train }: MetaTrainingConfig): VariationClassifier[] {
  const { scale, features, balance, warmup } = meta.variation;
  return countingFactors(meta).map((factor) =>
    variationClassifier({
      factor,
      dimension: model.embedding,
      seed: train.seed,
      ...(scale !== undefined && { scale }),
      features,
      balance,
      warmup: Math.ceil(warmup / 2),
    }),
  );
}

/** The pool of a meta set of so many faces. */
export function poolOf({ meta, model, train }: MetaTrainingConfig, faces: number): MetaPool {
  const { most, draws } = meta.pool;
  return metaPool({ faces, draws, most, size: model.size, dimension: model.embedding, seed: train.seed });
}

/** Slots of the pool of a meta set of so many faces. */
export function slotsOf({ meta: { pool } }: MetaTrainingConfig, faces: number): number {
  return Math.min(pool.most, faces * pool.draws);
}

/** Bytes that a pool of so many slots holds: pixels, embeddings, labels and keys. */
export function poolBytes({ model: { size, embedding } }: Pick<Config, 'model'>, slots: number): number {
  return slots * (size[0] * size[1] * 3 + 4 * embedding + 36);
}

/** Faces of the meta set that a step takes: candidates for the pool, and those that teach classifiers whose variation the training set has no labels of. */
export function facesOfStep({ meta, train }: MetaTrainingConfig): { candidates: number; teachers: number } {
  const sixteenth = Math.max(1, Math.floor(train.batch / 16));
  return { candidates: meta.pool.refresh ?? sixteenth, teachers: 2 * sixteenth };
}

/** The options of its step that are settings. */
function metaSettingsOf({ meta }: MetaTrainingConfig): Partial<MetaStepOptions> {
  const { rule, lambda, hypergrad, pseudo, metaEvery, metaBN, logPerVariationEvery, mining, variation } = meta;
  const { mode, count, cap, metaLabels } = mining;
  return {
    rule: ruleOf(rule),
    lambda,
    hypergrad,
    pseudo,
    metaEvery,
    metaBN,
    logPerVariationEvery,
    mining: { mode, metaLabels, ...(count !== undefined && { count }), ...(cap !== undefined && { cap }) },
    variationLr: variation.lr,
  };
}

/**
 * The options of its step: its settings, what it trains and what it works with.
 *
 * @param parts.teaching faces of the batch beside that teach classifiers
 */
export function metaStepOptions(
  config: MetaTrainingConfig,
  { model, centres, margin }: Pick<MetaStepOptions, 'model' | 'centres' | 'margin'>,
  { teaching, ...parts }: Pick<MetaStepOptions, 'schedule' | 'classifiers' | 'pool'> & { teaching: WeakSet<Sample> },
): MetaStepOptions {
  const { optimiser } = config;
  const trained = { model, centres, margin, optimiser: optimiserOf(optimiser) };
  return { ...metaSettingsOf(config), ...trained, ...parts, teaches: (face) => teaching.has(face) };
}

/** The config of a training with a meta set. */
export type MetaTrainingConfig = Config & { meta: MetaConfig };
