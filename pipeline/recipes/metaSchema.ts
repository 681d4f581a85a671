import { above, flag, is, named, number, oneOf, path, section, whole, z } from './fields.ts';
import { source } from './sourceSchema.ts';

const FOLDS = 'ascending numbers of folds, from 1';

/** One source of the meta set. */
const metaSource = section({
  ...source.shape,
  /** Declares that nobody knows who is on its images: then nobody can be looked for in the training set. */
  identities: is('none').optional(),
  /** Only the people of these folds of CFP's protocol; the others are left for testing. */
  people: section({ protocol: path, folds: z.array(whole(1), { error: FOLDS }).min(1, { error: FOLDS }) }).optional(),
});

const share = above(0, 10);
const lambda = number(0).default(1);

/** What is learned of each sample. */
const rule = z.discriminatedUnion(
  'name',
  [
    section({
      name: is('mvcom'),
      /** rms: free of batch size and learning rate, with `size`. raw: the paper's Eq 11 to the letter, with `tau`. */
      step: oneOf(['rms', 'raw']).default('rms'),
      size: share.default(0.03),
      tau: above(0).optional(),
      residualMax: above(0).default(0.1),
      marginMin: number(0).default(0),
      marginMax: number(0).default(0.8),
    }),
    section({
      name: is('metacw'),
      step: oneOf(['raw', 'rms']).default('raw'),
      tau: above(0).default(0.01),
      size: share.default(0.3),
    }),
    section({ name: is('reweight') }),
  ],
  { error: named('mvcom, metacw, reweight') },
);

/** The meta phase of a training: faces whose variations margins are judged by, and how. */
export const metaSchema = section({
  /** The meta set: nobody of it is trained on. */
  sources: z.array(metaSource, { error: 'a list of sources' }).min(1, { error: 'at least one source' }),
  /** Table of people whom sets share (set_a, id_a, set_b, id_b); a source is called there what its `drop.set` says. */
  overlap: path.optional(),
  /** True: people who are in both sets are listed and stay. */
  allowOverlap: flag.default(false),
  rule: rule.prefault({ name: 'mvcom' }),
  /** What each variation counts; 0 leaves it out. */
  lambda: section({ ethnicity: lambda, pose: lambda, blur: lambda, occlusion: lambda })
    .refine((all) => Object.values(all).some((one) => one > 0), { error: 'above 0 for at least one variation' })
    .prefault({}),
  /** How the meta-gradient is got: exactly, by differences, or not at all. */
  hypergrad: oneOf(['jvp', 'fdCentral', 'fdForward', 'none']).default('jvp'),
  pseudo: oneOf(['sgd', 'optimizer', 'none']).default('sgd'),
  /** Steps between two that learn residuals. */
  metaEvery: whole(1).default(1),
  /** Statistics of batch norm on the meta batch. */
  metaBN: oneOf(['train', 'running']).default('train'),
  /** Steps between two that report each variation's part of the residuals; 0: none does. */
  logPerVariationEvery: whole(0).default(0),
  mining: section({
    mode: oneOf(['argmaxDedup', 'meanTopK', 'maxMin', 'random', 'literal']).default('argmaxDedup'),
    /** Faces a variation; absent: one for 16 of the batch. */
    count: whole(1).optional(),
    /** Most of one class; absent: evenly. */
    cap: whole(1).optional(),
    /** own: a face counts for the variation it was chosen for. all: for each it has a label of. */
    metaLabels: oneOf(['own', 'all']).default('own'),
  }).prefault({}),
  pool: section({
    /** Most faces in it. */
    most: whole(1).default(8192),
    /** Draws of one face that may be in it together. */
    draws: whole(1).default(4),
    /** Candidates that join it at each step; absent: one for 16 of the batch. */
    refresh: whole(1).optional(),
  }).prefault({}),
  /** The classifiers of the variations. */
  variation: section({
    scale: above(0).optional(),
    features: oneOf(['unit', 'raw']).default('unit'),
    balance: oneOf(['reweight', 'none']).default('reweight'),
    lr: above(0).default(0.1),
    /** Steps that they learn alone, on the network as it is, before the first step that counts them. */
    warmup: whole(1).default(500),
  }).prefault({}),
});

export type MetaConfig = z.output<typeof metaSchema>;
export type MetaSourceConfig = MetaConfig['sources'][number];
