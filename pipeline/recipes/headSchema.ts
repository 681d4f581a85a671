import { is, named, number, oneOf, scale, section, z } from './fields.ts';

/** The margins a config may ask for, with their bounds and defaults. */
export const head = z.discriminatedUnion(
  'name',
  [
    section({ name: is('softmax') }),
    section({ name: is('normface'), s: scale.default(64) }),
    section({ name: is('cosface'), s: scale.default(64), m: number(0, 1).default(0.4) }),
    section({
      name: is('arcface'),
      s: scale.default(64),
      m: number(0, 1.5).default(0.5),
      gradient: oneOf(['exact', 'straightThrough']).default('exact'),
    }),
    section({
      name: is('adaface'),
      s: scale.default(64),
      m: number(0, 1).default(0.4),
      h: number(0, 1).default(0.333),
      emaMomentum: number(0, 1).default(0.99),
      quality: oneOf(['norm', 'probability']).default('norm'),
      gradient: oneOf(['exact', 'straightThrough']).default('exact'),
    }),
  ],
  { error: named('softmax, normface, cosface, arcface, adaface') },
);
