import { adaFace } from '../../../operators/margins/adaFace.ts';
import { arcFace } from '../../../operators/margins/arcFace.ts';
import { combined } from '../../../operators/margins/combined.ts';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import { curricularFace } from '../../../operators/margins/curricularFace.ts';
import { magFace } from '../../../operators/margins/magFace.ts';
import type { Margin } from '../../../operators/margins/margin.ts';
import { mvSoftmax } from '../../../operators/margins/mvSoftmax.ts';
import { normFace } from '../../../operators/margins/normFace.ts';
import { softmax } from '../../../operators/margins/softmax.ts';
import { sphereFace } from '../../../operators/margins/sphereFace.ts';
import { withFiltering } from '../../../operators/margins/withFiltering.ts';

/** A tiny network's embeddings are short: MagFace as its authors advise there. */
const SHORT = { norms: [1, 51], margins: [0.45, 1], lambda: 5 } as const;
/** Each margin in each of its forms, by name. */
export const MARGINS: Record<string, () => Margin> = {
  softmax,
  normFace: () => normFace({ s: 16 }),
  cosFace: () => cosFace({ s: 16, m: 0.2 }),
  arcFace: () => arcFace({ s: 16 }),
  adaFace: () => adaFace({ s: 16 }),
  sphereFace: () => sphereFace({ s: 16, m: 2, annealing: { rate: 0.12, power: 1 } }),
  opensphere: () => sphereFace({ s: 16, m: 1.7, annealing: false, gradient: 'straightThrough' }),
  combined: () => combined({ s: 16 }),
  'mvSoftmax, am': () => mvSoftmax({ s: 16, m: 0.2 }),
  'mvSoftmax, arc': () => mvSoftmax({ s: 16, form: 'arc' }),
  curricularFace: () => curricularFace({ s: 16 }),
  magFace: () => magFace({ s: 16, ...SHORT }),
  'magFace, cos': () => magFace({ s: 16, ...SHORT, form: 'cos' }),
  'arcFace, filtered': () => withFiltering(arcFace({ s: 16 }), { threshold: 0.4 }),
};
