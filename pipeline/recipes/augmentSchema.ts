import { number, oneOf, section, z } from './fields.ts';

const chance = number(0, 1);
const PHOTOMETRIC = 'a number from 0 to 1, or a section with chance, hue and channels';

/** What training does to its faces; the options of `prepare` by the same names. Numbers are chances. */
export const augment = section({
  /** Mirrored. */
  flip: chance.default(0.5),
  /** Black but for a random box. */
  crop: chance.default(0),
  /** Made smaller and large again. */
  rescale: chance.default(0),
  /** Other light and colours. */
  photometric: z
    .union(
      [
        chance,
        section({
          chance,
          /** Most of a turn that the hue moves either way. */
          hue: number(0, 0.5).default(0),
          /** Whose place in the formulas red takes: bgr as AdaFace's code, which reads BGR images as RGB. */
          channels: oneOf(['rgb', 'bgr']).default('rgb'),
        }),
      ],
      { error: PHOTOMETRIC },
    )
    .default(0),
  /** Out of focus; sets the blur label. */
  blur: chance.default(0),
  /** A black block; sets the occlusion label. */
  occlude: chance.default(0),
}).prefault({});
