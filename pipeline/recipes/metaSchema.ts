import { flag, is, path, section, whole, z } from './fields.ts';
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

/** The meta set of a training: faces whose variations margins are judged by, and nobody of whom is trained on. */
export const metaSchema = section({
  sources: z.array(metaSource, { error: 'a list of sources' }).min(1, { error: 'at least one source' }),
  /** Table of people whom sets share (set_a, id_a, set_b, id_b); a source is called there what its `drop.set` says. */
  overlap: path.optional(),
  /** True: people who are in both sets are listed and stay. */
  allowOverlap: flag.default(false),
});

export type MetaConfig = z.output<typeof metaSchema>;
export type MetaSourceConfig = MetaConfig['sources'][number];
