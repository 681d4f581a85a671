import { OptionError } from '../pipeline/errors.ts';
import { type Factor, POSE_CLASSES } from '../pipeline/items.ts';
import { encodeSvg } from '../pipeline/pixels.ts';
import { drawFace } from './draw/face.ts';
import { type Identity, identityOf } from './draw/identity.ts';
import { KERNELS, type Picture, pictureOf } from './draw/picture.ts';
import { type Index, indexed, type IndexedSource } from './indexed.ts';

export interface DrawnFacesOptions {
  /** How many identities. */
  people: number;
  /** Pictures of each. */
  perPerson: number;
  /** Another seed draws other people. Default 1. */
  seed?: number;
  /** Number of the first identity: [0, N) and [N, M) of one seed never meet. Default 0. */
  first?: number;
  /** Pixels of a side. Default 112. */
  size?: number;
  /** True: the five points lie as near to the ArcFace template as a similarity brings them. Default false: out of place, as a detector crops. */
  aligned?: boolean;
  /** Chance of a Gaussian blur, in [0, 1]. Default 0. */
  blur?: number;
  /** Chance of a square before the face, in [0, 1]. Default 0. */
  occlusion?: number;
  /** Of the JPEG, 1 to 100. Default 95. */
  quality?: number;
}

const POSE_STEP = Math.PI / 6;
const AHEAD = (POSE_CLASSES - 1) / 2;

/**
 * Endless drawn faces: people who do not exist, each the same in every picture, as JPEGs.
 *
 * In plain words: a person is some fifty measures and colours looked up by (seed, identity); a picture of them turns
 * the head, moves the face, changes light, hair, glasses, beard and background by (seed, identity, image). So identity
 * 12 of a seed is the same face however many people are asked for, and any picture can be drawn alone.
 *
 * ```ts
 * const training = drawnFaces({ people: 200, perPerson: 20, seed: 7 });
 * const unseen = drawnFaces({ people: 50, perPerson: 10, seed: 7, first: 200 }); // nobody of `training`
 * ```
 *
 * A sample has the five landmarks of the very geometry that was drawn, in pixels, and as `variation`: `ethnicity` the
 * group of the skin tone (0 lightest to 3), `pose` round(yaw / 30 degrees) + 3 (3 looks ahead, drawn heads turn up
 * to 60 degrees: 1 to 5), `blur` the kernel 3, 7, 11 or 15 (0 to 3), `occlusion` the square of side 5, 11, 17, 23 or 29 (0 to
 * 4); the last two only where there is one. Ids are '000012/0003.jpg'. Kernels and squares are MvCoM's for faces of 112 pixels
 * and grow and shrink with `size`, so that a label means the same picture at any; `augment` takes them as literal pixels of
 * the prepared face. At 112 the two are the same.
 *
 * A face costs some 5 ms of a processor core each time it is read: for many epochs write them to shards once.
 * What is drawn is the same on every machine; how it is rendered and compressed depends on the version of sharp.
 *
 * @throws OptionError at once
 */
export function drawnFaces(options: DrawnFacesOptions): IndexedSource {
  const settings = check(options);
  const { people, seed, first } = settings;
  const name = `${people} drawn people of seed ${seed}`;
  return indexed(first === 0 ? name : `${name} from number ${first}`, [], async () => indexOf(settings));
}

function indexOf({ people, perPerson, seed, first, size, quality, ...chances }: Required<DrawnFacesOptions>): Index {
  const classOf = (label: number): string => String(first + label).padStart(6, '0');
  const id = (i: number): string =>
    `${classOf(Math.floor(i / perPerson))}/${String(i % perPerson).padStart(4, '0')}.jpg`;
  return {
    classes: Array.from({ length: people }, (_, label) => classOf(label)),
    labels: Int32Array.from({ length: people * perPerson }, (_, i) => Math.floor(i / perPerson)),
    faults: [],
    id,
    place: (i) => ({ file: `drawn:${id(i)}` }),
    read: (at) =>
      Promise.all(
        Array.from(at, async (i) => {
          const number = first + Math.floor(i / perPerson);
          const identity = identityOf(seed, number);
          const picture = pictureOf(seed, number, i % perPerson, identity, chances);
          const { svg, points } = drawFace(identity, picture, size);
          const bytes = await encodeSvg(svg, { quality, sigma: sigmaOf(picture.blur) * (size / 112) });
          return { bytes, points, variation: variationOf(identity, picture) };
        }),
      ),
  };
}

function variationOf(identity: Identity, { pose, blur, occlusion }: Picture): Partial<Record<Factor, number>> {
  const turned = Math.round(pose.yaw / POSE_STEP);
  return {
    ethnicity: identity.toneGroup,
    pose: Math.max(-AHEAD, Math.min(AHEAD, turned)) + AHEAD,
    ...(blur !== undefined && { blur }),
    ...(occlusion && { occlusion: occlusion.level }),
  };
}

/** OpenCV's sigma for a kernel: 0.8, 1.4, 2.0, 2.6. */
function sigmaOf(level: number | undefined): number {
  return level === undefined ? 0 : 0.3 * ((KERNELS[level]! - 1) / 2 - 1) + 0.8;
}

const WHOLE = {
  people: [1, 1_000_000],
  perPerson: [1, 10_000],
  seed: [0, Number.MAX_SAFE_INTEGER],
  first: [0, 1_000_000_000],
  size: [16, 1024],
  quality: [1, 100],
} as const;
const MOST_FACES = 100_000_000;
const DEFAULTS = { seed: 1, first: 0, size: 112, aligned: false, blur: 0, occlusion: 0, quality: 95 };

function check(options: DrawnFacesOptions): Required<DrawnFacesOptions> {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings = { ...DEFAULTS, ...given } as Required<DrawnFacesOptions>;
  const refuse = (option: string, expected: string): never => {
    throw new OptionError('drawnFaces', option, expected, Reflect.get(settings, option));
  };
  const known: string[] = [...Object.keys(WHOLE), 'aligned', 'blur', 'occlusion'];
  const stray = Object.keys(settings).find((option) => !known.includes(option));
  if (stray !== undefined) refuse(stray, `left out: only ${known.join(', ')} are known`);
  for (const [option, [low, high]] of Object.entries(WHOLE)) {
    const value: unknown = Reflect.get(settings, option);
    if (!Number.isInteger(value) || (value as number) < low || (value as number) > high)
      refuse(option, `a whole number from ${low} to ${high}`);
  }
  const most = Math.floor(MOST_FACES / settings.people);
  if (settings.perPerson > most)
    refuse('perPerson', `at most ${most}: ${MOST_FACES} faces are as many as one source has`);
  for (const option of ['blur', 'occlusion'] as const)
    if (!(settings[option] >= 0 && settings[option] <= 1)) refuse(option, 'a chance in [0, 1]');
  if (typeof settings.aligned !== 'boolean') refuse('aligned', 'true or false');
  return settings;
}
