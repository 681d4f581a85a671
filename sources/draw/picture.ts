import type { Colour } from './colour.ts';
import { hsl, mix, ramp } from './colour.ts';
import { draws, type Draws } from './draws.ts';
import type { Pose } from './head.ts';
import { HAIR, type Identity, STYLES } from './identity.ts';

/** What differs between two pictures of a person. */
export interface Picture {
  pose: Pose;
  expression: {
    /** -0.3 sad to 1. */
    smile: number;
    /** 0 shut to 1. */
    mouthOpen: number;
    /** -1 frowning to 1 raised. */
    brows: number;
    /** 0 as the person has them to 0.85 nearly shut. */
    eyesShut: number;
    /** Where the eyes look, in half widths of the head. */
    gaze: readonly [number, number];
  };
  light: {
    /** Towards the light, a unit vector of the picture: y points down. */
    from: readonly [number, number];
    /** 0 none to 1: how dark the other side is. */
    shadow: number;
    /** What each channel is multiplied by. */
    tint: Colour;
  };
  hair: { colour: Colour; style: number; volume: number; part: number };
  /** 0 shaved to 1. */
  beard: number;
  glasses: { frame: Colour; round: number; dark: number } | undefined;
  background: readonly [Colour, Colour];
  clothes: Colour;
  /** Out of the aligned place, at 112 pixels: scale, radians, pixels. */
  placement: { scale: number; turn: number; shift: readonly [number, number] };
  /** Class of the blur kernel, 0 lightest; undefined where there is none. */
  blur: number | undefined;
  /** Class of the square, 0 smallest, its corner at 112 pixels and its colour. */
  occlusion: { level: number; x: number; y: number; colour: Colour } | undefined;
}

export interface PictureOptions {
  /** Chances. */
  blur: number;
  occlusion: number;
  aligned: boolean;
}

/** Sides of the occluding squares, in pixels of a face of 112. */
export const SQUARES = [5, 11, 17, 23, 29] as const;
/** Kernels of the blur; their sigma is OpenCV's for the size. */
export const KERNELS = [3, 7, 11, 15] as const;

const DEGREE = Math.PI / 180;
/** Faces are seen from the front more often than from the side; sides reach this. */
const MOST_YAW = 60 * DEGREE;
const MOST_PITCH = 22 * DEGREE;

/** Picture `image` of person `number`. */
export function pictureOf(
  seed: number,
  number: number,
  image: number,
  identity: Identity,
  { blur, occlusion, aligned }: PictureOptions,
): Picture {
  const draw = draws(seed, 'picture', number, image);
  const clamp = (value: number, most: number): number => Math.max(-most, Math.min(most, value));
  const frontal = draw.chance('frontal', 0.55);
  const lightTurn = draw.within('light, turn', 0, 2 * Math.PI);
  const smile = draw.chance('smiles', 0.5);
  return {
    pose: {
      yaw: frontal ? clamp(draw.bell('yaw') * 12 * DEGREE, MOST_YAW) : draw.within('yaw', -MOST_YAW, MOST_YAW),
      pitch: clamp(draw.bell('pitch') * 8 * DEGREE, MOST_PITCH),
    },
    expression: {
      smile: smile ? draw.within('smile', 0.3, 1) : draw.within('smile', -0.3, 0.2),
      mouthOpen: draw.chance('opens', 0.3) ? draw.within('open', 0.2, 1) : 0,
      brows: clamp(draw.bell('brows') * 0.4, 1),
      eyesShut: draw.chance('shuts', 0.12) ? draw.within('shut', 0.4, 0.85) : draw.within('shut', 0, 0.2),
      gaze: [clamp(draw.bell('gaze') * 0.025, 0.05), clamp(draw.bell('gaze, down') * 0.012, 0.02)],
    },
    light: {
      from: [Math.cos(lightTurn), -Math.abs(Math.sin(lightTurn))],
      shadow: draw.unit('shadow') ** 1.3,
      tint: tintOf(draw),
    },
    hair: {
      colour: draw.chance('own hair', identity.habits.ownHair) ? identity.hair : ramp(HAIR, draw.unit('dye')),
      style: draw.chance('usual style', 0.5) ? identity.style : Math.floor(draw.unit('style') * STYLES),
      volume: draw.within('volume', 0.06, 0.2),
      part: draw.within('part', -0.6, 0.6),
    },
    beard: draw.chance('beard', identity.habits.beard) ? draw.within('beard, amount', 0.25, 1) : 0,
    glasses: draw.chance('glasses', identity.habits.glasses)
      ? {
          frame: hsl(draw.within('frame', 0, 360), 0.3, draw.within('frame, light', 0.08, 0.4)),
          round: draw.unit('round'),
          dark: draw.chance('dark glasses', 0.15) ? 0.75 : 0.06,
        }
      : undefined,
    background: backgroundOf(draw),
    clothes: hsl(
      draw.within('clothes', 0, 360),
      draw.within('clothes, bright', 0, 0.6),
      draw.within('clothes, light', 0.15, 0.8),
    ),
    placement: aligned
      ? { scale: 1, turn: 0, shift: [0, 0] }
      : {
          scale: Math.exp(draw.bell('scale') * 0.06 - 0.12),
          turn: clamp(draw.bell('roll') * 8 * DEGREE, 25 * DEGREE),
          shift: [draw.bell('shift') * 3, draw.bell('shift, down') * 3],
        },
    blur: draw.chance('blur', blur) ? Math.floor(draw.unit('kernel') * KERNELS.length) : undefined,
    occlusion: draw.chance('occlusion', occlusion) ? squareOf(draw) : undefined,
  };
}

/** Lamps are warm, shade is cool; exposure is what the camera made of it. */
function tintOf(draw: Draws): Colour {
  const exposure = Math.exp(Math.min(0.08, draw.bell('exposure') * 0.13 - 0.06));
  const warmth = draw.bell('warmth') * 0.055;
  return [exposure * (1 + warmth), exposure, exposure * (1 - warmth)];
}

function backgroundOf(draw: Draws): readonly [Colour, Colour] {
  const one = (name: string): Colour =>
    hsl(
      draw.within(name, 0, 360),
      draw.within(`${name}, bright`, 0.02, 0.45),
      draw.within(`${name}, light`, 0.15, 0.9),
    );
  const above = one('background');
  return [above, mix(above, one('background below'), draw.unit('background, change'))];
}

function squareOf(draw: Draws): Picture['occlusion'] {
  const level = Math.floor(draw.unit('square') * SQUARES.length);
  const free = 112 - SQUARES[level]!;
  const grey = draw.chance('black square', 0.5) ? 0 : draw.within('square, grey', 0, 255);
  return {
    level,
    x: Math.round(draw.within('square, x', 0, free)),
    y: Math.round(draw.within('square, y', 0, free)),
    colour: [grey, grey, grey],
  };
}
