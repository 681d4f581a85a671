import { above, below, flag, is, named, number, oneOf, scale, section, whole, z } from './fields.ts';

const gradient = oneOf(['exact', 'straightThrough']).default('exact');

/** Two numbers of which the first is the smaller one. */
function rising(least: number, most: number, what: string): z.ZodType<[number, number]> {
  const error = `two rising numbers from ${least} to ${most}, ${what}`;
  const pair = z.tuple([z.number({ error }), z.number({ error })], { error });
  return pair.refine(([a, b]) => a >= least && b > a && b <= most, { error });
}

/** What every head may say. */
const any = {
  /**
   * Share of the people whose centres take part in a step: those of the batch and a sample of the others; absent: all.
   * For many people; a centre that does not take part is as it was after the step, without decay and momentum.
   */
  sample: above(0, 1).optional(),
};

/** What every margin over cosines may say. */
const cosine = {
  ...any,
  s: scale.default(64),
  /** Other classes whose cosine is above it count as 90 degrees away; absent: none. */
  filter: above(0, 1).optional(),
};

/** The margins a config may ask for, with their bounds and defaults. */
export const head = z.discriminatedUnion(
  'name',
  [
    section({ name: is('softmax'), ...any }),
    section({ name: is('normface'), ...cosine }),
    section({
      name: is('sphereface'),
      ...cosine,
      s: scale.default(32),
      m: number(1, 5).default(4),
      /** false: the margin in full from the start. */
      annealing: z
        .union(
          [
            z.literal(false),
            section({
              start: number(0).default(1000),
              rate: number(0).default(1e-4),
              power: number(0).default(2),
              least: number(0).default(5),
            }),
          ],
          { error: 'false, or a section of start, rate, power and least, numbers of at least 0' },
        )
        .prefault({}),
      gradient,
    }),
    section({ name: is('cosface'), ...cosine, m: number(0, 1).default(0.4) }),
    section({ name: is('arcface'), ...cosine, m: number(0, 1.5).default(0.5), gradient }),
    section({
      name: is('combined'),
      ...cosine,
      m1: above(0, 5).default(1),
      m2: number(0, 1.5).default(0.3),
      m3: number(0, 1).default(0.2),
    }),
    section({
      name: is('mvsoftmax'),
      ...cosine,
      s: scale.default(32),
      m: number(0, 1.5).default(0.35),
      t: number(0).default(0.2),
      form: oneOf(['am', 'arc']).default('am'),
    }),
    section({
      name: is('curricularface'),
      ...cosine,
      m: number(0, 1.5).default(0.5),
      emaMomentum: number(0, 1).default(0.99),
    }),
    section({
      name: is('magface'),
      ...cosine,
      /** Lengths of embeddings between which the margin grows. */
      norms: rising(1e-3, 1e4, 'lengths of embeddings').default([10, 110]),
      /** Margins at these lengths. */
      margins: rising(0, 1.5, 'margins').default([0.45, 0.8]),
      lambda: number(0).default(35),
      form: oneOf(['arc', 'cos']).default('arc'),
      easyMargin: flag.default(true),
    }),
    section({
      name: is('adaface'),
      ...cosine,
      m: number(0, 1).default(0.4),
      h: number(0, 1).default(0.333),
      emaMomentum: number(0, 1).default(0.99),
      quality: oneOf(['norm', 'probability']).default('norm'),
      gradient,
    }),
    section({
      name: is('classvolume'),
      ...cosine,
      alpha: number(0).default(0.45),
      mode: oneOf(['raw', 'maxnorm']).default('raw'),
      units: oneOf(['cosine', 'logit']).default('cosine'),
    }),
    section({ name: is('ldam'), ...cosine, s: scale.default(30), maxMargin: number(0, 1).default(0.5) }),
    section({
      name: is('class-balanced'),
      ...cosine,
      /** The margin that is weighed by class. */
      over: oneOf(['cosface', 'ldam']).default('cosface'),
      /** Its margin; of ldam that of the rarest class. */
      m: number(0, 1).default(0.4),
      beta: below(0, 1).default(0.9999),
      /** Updates before the first that is weighed: LDAM's deferred re-weighting. */
      from: whole(0).default(0),
    }),
  ],
  {
    error: named(
      'softmax, normface, sphereface, cosface, arcface, combined, mvsoftmax, curricularface, magface, adaface, classvolume, ldam, class-balanced',
    ),
  },
);
