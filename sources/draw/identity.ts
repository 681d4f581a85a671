import { type Colour, mix, ramp, scale } from './colour.ts';
import { draws } from './draws.ts';

/**
 * The measures of a face as [middle, most that it differs]: a person has each evenly spread in between.
 * Lengths are in half widths of the middle head (about 70 mm), the eyes lie at height 0, y points down.
 */
const MEASURES = {
  headWidth: [1, 0.09],
  foreheadWidth: [1, 0.09],
  cheekWidth: [1, 0.07],
  jawWidth: [1, 0.16],
  chinWidth: [1, 0.32],
  chinHeight: [1.66, 0.15],
  chinForward: [0, 0.08],
  crownHeight: [1.6, 0.1],
  hairline: [1.02, 0.16],
  eyeDistance: [0.45, 0.055],
  eyeWidth: [0.215, 0.035],
  eyeHeight: [0.1, 0.032],
  eyeTilt: [0.06, 0.17],
  eyeDepth: [0.04, 0.06],
  lidFold: [0.075, 0.045],
  iris: [0.1, 0.014],
  browHeight: [0.25, 0.065],
  browThickness: [0.05, 0.028],
  browLength: [0.27, 0.06],
  browArch: [0.06, 0.05],
  browTilt: [0.03, 0.13],
  browGap: [0.02, 0.06],
  browDarkness: [0.7, 0.28],
  noseLength: [0.54, 0.1],
  noseWidth: [0.2, 0.065],
  noseBridge: [0.09, 0.035],
  noseTip: [0.1, 0.035],
  noseReach: [0.3, 0.1],
  noseTurn: [0, 0.07],
  mouthHeight: [1.03, 0.09],
  mouthWidth: [0.36, 0.075],
  upperLip: [0.075, 0.045],
  lowerLip: [0.1, 0.05],
  cupid: [0.025, 0.025],
  mouthTilt: [0, 0.05],
  lipRedness: [0.4, 0.28],
  earLength: [0.36, 0.08],
  earOut: [0.12, 0.1],
  earHeight: [0.2, 0.08],
  cheekRedness: [0.18, 0.18],
  foldDepth: [0.3, 0.3],
  eyeBags: [0.25, 0.25],
  chinCleft: [0, 0.7],
  skew: [0, 0.035],
} as const satisfies Record<string, readonly [number, number]>;

export type Measures = Record<keyof typeof MEASURES, number>;

/** A mark of the skin at x, y of the face. */
export interface Mark {
  x: number;
  y: number;
  radius: number;
}

/** What stays the same in every picture of a person. */
export interface Identity {
  measures: Measures;
  /** Skin tone group, 0 lightest to 3: the `ethnicity` label of drawn faces. */
  toneGroup: number;
  skin: Colour;
  iris: Colour;
  /** Hair as it grew; pictures may show another colour. */
  hair: Colour;
  /** 0 young to 1 old: lines of forehead and cheeks. */
  age: number;
  moles: Mark[];
  freckles: Mark[];
  /** From, to; none for most. */
  scar: [Mark, Mark] | undefined;
  /** Chances that a picture shows these. */
  habits: { glasses: number; beard: number; ownHair: number };
  /** Number of the usual style of hair. */
  style: number;
}

export const TONE_GROUPS = 4;

const SKIN: readonly Colour[] = [
  [240, 203, 176],
  [236, 192, 158],
  [205, 152, 110],
  [150, 98, 66],
  [84, 54, 40],
];
const IRIS: readonly Colour[] = [
  [46, 28, 18],
  [92, 58, 30],
  [138, 106, 52],
  [98, 120, 74],
  [88, 126, 158],
  [128, 148, 158],
];
export const HAIR: readonly Colour[] = [
  [22, 18, 18],
  [44, 30, 24],
  [78, 52, 34],
  [118, 78, 46],
  [150, 72, 38],
  [196, 156, 96],
  [150, 146, 144],
  [214, 212, 208],
];
export const STYLES = 8;

/** Person `number` of a seed: the same face whatever else is drawn. */
export function identityOf(seed: number, number: number): Identity {
  const draw = draws(seed, 'identity', number);
  const toneGroup = Math.floor(draw.unit('tone group') * TONE_GROUPS);
  const skin = ramp(SKIN, (toneGroup + draw.unit('tone')) / TONE_GROUPS);
  const undertone = draw.within('undertone', -0.4, 1);
  const age = draw.unit('age') ** 1.6;
  // Darker skin has darker hair and eyes more often, and every combination occurs.
  const light = (1 - toneGroup / TONE_GROUPS) * draw.unit('lightness');
  const hair = age > 0.72 ? HAIR[6 + Number(draw.chance('white', 0.4))]! : ramp(HAIR.slice(0, 6), light ** 1.5);
  const mark = (name: string, radius: number): Mark => ({
    x: draw.within(`${name}, x`, -0.72, 0.72),
    y: draw.within(`${name}, y`, -0.7, 1.35),
    radius,
  });
  const moles = Array.from({ length: Math.floor(draw.unit('moles') ** 1.5 * 5) }, (_, i) =>
    mark(`mole ${i}`, draw.within(`mole ${i}, size`, 0.018, 0.04)),
  );
  const freckled = draw.chance('freckled', 0.3) ? draw.within('freckles', 8, 26) : 0;
  const freckles = Array.from({ length: Math.floor(freckled) }, (_, i) => ({
    x: draw.within(`freckle ${i}, x`, -0.7, 0.7),
    y: 0.36 + draw.bell(`freckle ${i}, y`) * 0.14,
    radius: 0.016,
  }));
  const from = mark('scar', 0.015);
  const turn = draw.within('scar, turn', 0, Math.PI);
  const to = { ...from, x: from.x + 0.3 * Math.cos(turn), y: from.y + 0.3 * Math.sin(turn) };
  const measures = Object.fromEntries(
    Object.entries(MEASURES).map(([name, [middle, most]]) => [name, draw.within(name, middle - most, middle + most)]),
  ) as Measures;
  const bearded = draw.chance('bearded', 0.4);
  return {
    measures,
    toneGroup,
    skin: mix(skin, scale(skin, [1, 0.93, 0.9]), undertone),
    iris: ramp(IRIS, light * 1.3),
    hair,
    age,
    moles,
    freckles,
    scar: draw.chance('scarred', 0.15) ? [from, to] : undefined,
    habits: {
      glasses: draw.chance('wears glasses', 0.25) ? 0.6 : 0.08,
      beard: bearded ? draw.within('beard', 0.2, 0.8) : 0,
      ownHair: draw.within('own hair', 0.4, 0.75),
    },
    style: Math.floor(draw.unit('style') * STYLES),
  };
}
