import { above, below, flag, is, named, number, oneOf, path, section, whole, z } from './fields.ts';
import { augment } from './augmentSchema.ts';
import { head } from './headSchema.ts';
import { evaluationName } from './evaluationName.ts';
import { metaSchema } from './metaSchema.ts';
import { source } from './sourceSchema.ts';

/**
 * What a training config may say, with bounds and defaults: config.ts puts file, line, path and value around the
 * messages.
 */
const SIZE = 'two whole numbers of at least 16, height and width';
const FOLDS = 'at least two ascending numbers of folds, from 1';
const WIDTHS = 'four whole numbers of at least 1, the channels of the stages';
const schedule = z.discriminatedUnion(
  'name',
  [
    section({
      name: is('step'),
      lr: number(0),
      warmupSteps: whole(0).default(0),
      /** Epochs after which the rate is multiplied by `factor`. */
      milestones: z.array(whole(1), { error: 'a list of epochs' }),
      factor: above(0, 1).default(0.1),
    }),
    section({ name: is('cosine'), lr: number(0), warmupSteps: whole(0).default(0), to: number(0).default(0) }),
    section({ name: is('polynomial'), lr: number(0), warmupSteps: whole(0).default(0), power: above(0).default(1) }),
  ],
  { error: named('step, cosine, polynomial') },
);

const sampling = z.discriminatedUnion(
  'name',
  [
    /** Batches of so many people with so many images each; an epoch is everybody once. */
    section({ name: is('identities'), people: whole(1), images: whole(1) }),
    /** Everybody as often as anybody, however many images they have; an epoch is as long as the data. */
    section({ name: is('class-weighted') }),
  ],
  { error: named('identities, class-weighted') },
);

const evaluation = section({
  protocol: oneOf(['lfw', 'cfp-ff', 'cfp-fp']),
  /** The aligned images: tar, .tar.gz or folder. */
  data: path,
  /** LFW: pairs.txt. CFP: the Protocol folder or its tar. */
  pairs: path,
  /** Brings every face down to so many pixels and back first; the evaluation is then called 'lfw-20px'. */
  reduce: whole(1).optional(),
  /** Blurs every face with a Gaussian kernel of so many pixels first: 'lfw-blur7'. */
  blur: whole(3).refine(isOdd, { error: 'an odd number of at least 3' }).optional(),
  /** Covers one face of each pair by a black square of so many pixels: 'lfw-oc29'. */
  occlude: whole(1).optional(),
  /** Only these folds of the protocol, at least two: 'cfp-fp-folds5to10'. */
  folds: z.array(whole(1), { error: FOLDS }).min(2, { error: FOLDS }).refine(isAscending, { error: FOLDS }).optional(),
  /** After every so many epochs and at the end; absent: only at the end. */
  every: whole(1).optional(),
});

/** The whole config. */
export const configSchema = section({
  data: section({
    /** Where relative paths of data start; absent: RXFACE_DATA, else the current folder. */
    root: path.optional(),
    sources: z.array(source, { error: 'a list of sources' }).min(1, { error: 'at least one source' }),
    /** 'blocks' reads neighbours together, for disks that hate random reads; an epoch is everything once either way. */
    shuffle: oneOf(['full', 'blocks']).default('full'),
    /** Who stands in a batch, in the place of `shuffle`. */
    sampling: sampling.optional(),
    /** Training stops over more than `count` broken records that are also more than `rate` of those read. */
    faults: section({ count: whole(0).default(16), rate: number(0, 1).default(0.01) }).prefault({}),
  }),
  model: section({
    name: oneOf(['ir10', 'ir18', 'ir34', 'ir50', 'ir101']),
    embedding: whole(1).default(512),
    dropout: below(0, 1).default(0.4),
    size: z.tuple([whole(16), whole(16)], { error: SIZE }).default([112, 112]),
    channels: oneOf(['rgb', 'bgr']).default('bgr'),
    widths: z.tuple([whole(1), whole(1), whole(1), whole(1)], { error: WIDTHS }).optional(),
    squeezeExcite: flag.default(false),
  }),
  head,
  /** Samples' margins are learned by a meta set (MvCoM); absent: a plain training. */
  meta: metaSchema.optional(),
  optimiser: section({
    name: oneOf(['sgd']).default('sgd'),
    momentum: below(0, 1).default(0.9),
    weightDecay: number(0).default(5e-4),
    /** adaface: all but batch norm. weights: convolutions, linear weight and centres. all: everything. */
    decay: oneOf(['adaface', 'weights', 'all']).default('adaface'),
    /** Largest L2 norm of all gradients together; absent: no bound. */
    clipNorm: above(0).optional(),
  }).prefault({}),
  schedule,
  augment,
  train: section({
    /** At least 2: batch norm of one sample gives nothing to learn from. */
    batch: whole(2),
    epochs: whole(1),
    /**
     * Of maps and convolutions while training; weights, statistics, head and loss are float32 in both.
     * auto: bfloat16 where the engine is fast at it, decided when the run begins.
     */
    precision: oneOf(['float32', 'bfloat16', 'auto']).default('float32'),
    /** Keeps only the input of each block for the way back and computes the rest again: less memory, about a third more time. */
    recompute: flag.default(false),
    seed: whole(0).default(42),
    /** Threads that decode, 0 to do it beside the steps; the batches are the same for any number. */
    threads: whole(0).default(2),
  }),
  evaluate: z.array(evaluation, { error: 'a list of evaluations' }).default([]),
  checkpoint: section({
    everySteps: whole(1).optional(),
    everyMinutes: number(0.1).optional(),
    keep: whole(1).default(3),
    /** The evaluation whose best checkpoint is kept besides the newest ones: 'lfw', 'lfw-20px'. */
    best: z.string({ error: 'the name of an evaluation' }).optional(),
  }).prefault({}),
  /** Weights to start from: run folder, checkpoint folder or .safetensors. */
  init: path.optional(),
  /** Run folder to go on with. */
  resume: path.optional(),
});

/** A checked config: defaults filled in. */
export type Config = z.output<typeof configSchema>;
/** Which faces there are, and where. */
export type SourcesConfig = Pick<Config['data'], 'root' | 'sources'>;
export type EvaluationConfig = Config['evaluate'][number];

/** A fault as the schema sees it. */
export interface SchemaFault {
  path: (string | number)[];
  expected: string;
  /** For an unknown key: the names known in its place. */
  known?: string[];
}

/** Checks a plain value; gives the config or every fault in it. */
export function checkConfig(value: unknown): { config: Config } | { faults: SchemaFault[] } {
  const result = checkedBy(configSchema, value);
  return 'config' in result ? acrossSections(result.config) : result;
}

/** Checks a plain value by a schema alone. */
export function checkedBy<T>(schema: z.ZodType<T>, value: unknown): { config: T } | { faults: SchemaFault[] } {
  const result = schema.safeParse(value);
  if (result.success) return { config: result.data };
  return { faults: result.error.issues.flatMap((issue) => faultsOf(issue, [])) };
}

/** @param above where the issue's own path begins */
function faultsOf(issue: z.core.$ZodIssue, above: SchemaFault['path']): SchemaFault[] {
  const at = [...above, ...(issue.path as SchemaFault['path'])];
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(' ');
    return issue.keys.map((key) => ({ path: [...at, key], expected: 'a known key', known }));
  }
  // A number or a section: what is wrong inside a section says more than that it is neither.
  const inside = issue.code === 'invalid_union' ? issue.errors.find((issues) => issues.some(isInside)) : undefined;
  return inside ? inside.flatMap((one) => faultsOf(one, at)) : [{ path: at, expected: issue.message }];
}

function isInside({ code, path }: z.core.$ZodIssue): boolean {
  return path.length > 0 || code === 'unrecognized_keys';
}

/** What one value demands of another. */
function acrossSections(config: Config): ReturnType<typeof checkConfig> {
  const faults: SchemaFault[] = [];
  const demand = (holds: boolean, at: SchemaFault['path'], expected: string): void => {
    if (!holds) faults.push({ path: at, expected });
  };
  const { checkpoint, evaluate, model, schedule: rate } = config;
  const { best } = checkpoint;
  const names = evaluate.map(({ protocol, ...variant }) => evaluationName(protocol, variant));
  const judges = names.length > 0 ? `one of ${names.join(', ')}, which evaluate lists` : 'left out: evaluate is empty';
  demand(best === undefined || names.includes(best), ['checkpoint', 'best'], judges);
  const [height] = model.size;
  for (const [i, given] of evaluate.entries())
    for (const key of ['reduce', 'blur', 'occlude'] as const)
      demand((given[key] ?? 1) <= height, ['evaluate', i, key], `at most the ${height} pixels of model.size`);
  if (rate.name === 'cosine') demand(rate.to <= rate.lr, ['schedule', 'to'], `at most schedule.lr = ${rate.lr}`);
  const rule = config.meta?.rule;
  if (rule?.name === 'mvcom') {
    const tau = rule.step === 'raw' ? "above 0, for the rule's step is raw" : "left out, for the rule's step is rms";
    demand((rule.step === 'raw') === (rule.tau !== undefined), ['meta', 'rule', 'tau'], tau);
    demand(rule.marginMax >= rule.marginMin, ['meta', 'rule', 'marginMax'], `at least marginMin = ${rule.marginMin}`);
  }
  if (rate.name === 'step') {
    demand(isAscending(rate.milestones), ['schedule', 'milestones'], 'ascending epochs');
  }
  return faults.length > 0 ? { faults } : { config };
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, i) => number > (numbers[i - 1] ?? 0));
}

function isOdd(number: number): boolean {
  return number % 2 === 1;
}
