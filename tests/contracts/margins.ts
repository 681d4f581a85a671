import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { adaFace } from '../../operators/margins/adaFace.ts';
import { arcFace } from '../../operators/margins/arcFace.ts';
import { classBalanced } from '../../operators/margins/classBalanced.ts';
import { classVolume } from '../../operators/margins/classVolume.ts';
import { combined } from '../../operators/margins/combined.ts';
import { cosFace } from '../../operators/margins/cosFace.ts';
import { curricularFace } from '../../operators/margins/curricularFace.ts';
import { ldam } from '../../operators/margins/ldam.ts';
import { magFace, type MagFaceOptions } from '../../operators/margins/magFace.ts';
import type { Margin } from '../../operators/margins/margin.ts';
import { mvSoftmax } from '../../operators/margins/mvSoftmax.ts';
import { normFace } from '../../operators/margins/normFace.ts';
import { softmax } from '../../operators/margins/softmax.ts';
import { sphereFace, type SphereFaceOptions } from '../../operators/margins/sphereFace.ts';
import { withFiltering } from '../../operators/margins/withFiltering.ts';
import type { MarginCase } from './margin.ts';

/** AdaFace from its paper, with the first step of its statistics in plain numbers. */
const ada =
  (momentum: number) =>
  (c: Tensor1D, norms: Tensor1D): Tensor1D => {
    const n = [...norms.dataSync()].map((x) => Math.min(Math.max(x, 0.001), 100));
    const average = n.reduce((a, b) => a + b, 0) / n.length;
    const std = Math.sqrt(n.reduce((a, b) => a + (b - average) ** 2, 0) / (n.length - 1));
    const mu = momentum * 20 + (1 - momentum) * average;
    const sigma = momentum * 100 + (1 - momentum) * std;
    const q = tf.tensor1d(n.map((x) => Math.min(Math.max(((x - mu) / (sigma + 1e-3)) * 0.333, -1), 1)));
    const angle = tf.clipByValue(tf.sub(tf.acos(c), tf.mul(q, 0.4)), 1e-3, Math.PI - 1e-3);
    return tf.sub(tf.cos(angle), tf.add(tf.mul(q, 0.4), 0.4));
  };

/** Where a is above b, read out: tfjs has no gradient for comparisons, not even 0. */
const above = (a: Tensor, b: Tensor | number): Tensor => {
  const mask = tf.greater(a, b);
  return tf.tensor(mask.dataSync(), mask.shape, 'bool');
};

/** cos(theta + m). */
const wider = (c: Tensor1D, m: number | Tensor1D): Tensor1D => tf.cos(tf.add(tf.acos(c), m));

/** (lambda cos + psi) / (1 + lambda), the whole turns read out. */
const sphere =
  (m: number, lambda: number) =>
  (c: Tensor1D): Tensor1D => {
    const turns = [...tf.acos(c).dataSync()].map((theta) => Math.floor((m * theta) / Math.PI));
    const sign = tf.tensor1d(turns.map((k) => (-1) ** k));
    const psi = tf.sub(tf.mul(sign, tf.cos(tf.mul(tf.acos(c), m))), tf.tensor1d(turns.map((k) => 2 * k)));
    return tf.div(tf.add(tf.mul(c, lambda), psi), 1 + lambda);
  };
const sphereCase = (options: SphereFaceOptions, lambda: number): MarginCase => ({
  make: () => sphereFace({ s: 16, ...options }),
  formula: sphere(options.m ?? 4, lambda),
  ...(options.gradient === 'straightThrough' && { straightThrough: 1 }),
});

/** Cosines above the bound of their row are bent. */
const hard = (cos: Tensor2D, bound: Tensor1D, bend: (cos: Tensor2D) => Tensor2D): Tensor2D =>
  tf.where(above(cos, tf.expandDims(bound, 1)), bend(cos), cos);
const vectorGuided =
  (t: number, target: (c: Tensor1D) => Tensor1D): MarginCase['others'] =>
  (cos, c) =>
    hard(cos, target(c), (x) => tf.add(tf.mul(x, 1 + t), t));
/** t0: the state before this batch, of which `momentum` stays. */
const curricular =
  (t0: number, momentum: number): MarginCase['others'] =>
  (cos, c) => {
    const t = (1 - momentum) * ([...c.dataSync()].reduce((a, b) => a + b) / c.size) + momentum * t0;
    return hard(cos, wider(c, 0.5), (x) => tf.mul(x, tf.add(x, t)));
  };
function inItsCourse(margin: Margin, t: number): Margin {
  margin.state!.load({ t: { shape: [1], data: Float32Array.of(t) } });
  return margin;
}

/** MagFace by lengths of 10 to 110, margins of 0.45 to 0.8. */
const mag = (options: MagFaceOptions, bend: (c: Tensor1D, m: Tensor1D) => Tensor1D): MarginCase => ({
  make: () => magFace({ s: 16, ...options }),
  formula: (c, norms) => bend(c, tf.add(tf.mul(tf.sub(tf.clipByValue(norms, 10, 110), 10), 0.0035), 0.45) as Tensor1D),
  extraLoss: (norms) => {
    const a = tf.clipByValue(norms, 10, 110);
    return tf.mul(tf.mean(tf.add(tf.div(a, 110 ** 2), tf.reciprocal(a))), 35) as Scalar;
  },
  throughNorms: true,
});

const filtered =
  (threshold: number): MarginCase['others'] =>
  (cos) =>
    tf.where(above(cos, threshold), tf.zerosLike(cos), cos);

/** Images of 64 people: the contract's five, and those of its many centres. */
const COUNTS = Array.from({ length: 64 }, (_, c) => [40, 3, 900, 7, 16][c] ?? 5);
/** Those of the contract's batch, of the classes 2, 0, 4, 1, 1. */
const IMAGES = [900, 40, 16, 3, 3];
const balanced = (counts: readonly number[], beta: number): number[] => {
  const weigh = (n: number): number => (1 - beta) / (1 - beta ** n);
  const mean = COUNTS.map(weigh).reduce((a, b) => a + b) / COUNTS.length;
  return counts.map((n) => weigh(n) / mean);
};

/** Every margin, with its formula once more in stock ops. */
export const MARGINS: Record<string, MarginCase> = {
  softmax: { make: softmax, formula: (c) => tf.clone(c) },
  NormFace: { make: () => normFace({ s: 16 }), formula: (c) => tf.clone(c) },
  CosFace: { make: () => cosFace({ s: 16, m: 0.35 }), formula: (c) => tf.sub(c, 0.35) },
  ArcFace: {
    make: () => arcFace({ s: 16 }),
    formula: (c) => tf.cos(tf.clipByValue(tf.add(tf.acos(c), 0.5), 1e-4, Math.PI - 1e-4)),
  },
  'ArcFace, straight-through': {
    make: () => arcFace({ s: 16, gradient: 'straightThrough' }),
    formula: (c) => tf.cos(tf.add(tf.acos(c), 0.5)),
    straightThrough: 1,
  },
  AdaFace: { make: () => adaFace({ s: 16 }), formula: ada(0.99) },
  "AdaFace, the batch's own statistics": { make: () => adaFace({ s: 16, emaMomentum: 0 }), formula: ada(0) },
  'AdaFace, straight-through': {
    make: () => adaFace({ s: 16, gradient: 'straightThrough' }),
    formula: ada(0.99),
    straightThrough: 1,
  },
  'SphereFace, at its start': sphereCase({}, 1000 * 1.0001 ** -2),
  'SphereFace, in full': sphereCase({ annealing: false }, 0),
  'SphereFace, half way': sphereCase({ m: 3, annealing: { start: 2, rate: 1, power: 1, least: 0.5 } }, 1),
  'SphereFace as opensphere released it': sphereCase({ m: 1.7, annealing: false, gradient: 'straightThrough' }, 0),
  'combined, 1, 0.3, 0.2': {
    make: () => combined({ s: 16 }),
    formula: (c) => tf.sub(tf.cos(tf.clipByValue(tf.add(tf.acos(c), 0.3), 1e-4, Math.PI - 1e-4)), 0.2),
  },
  'combined, 1.35, 0.4, 0.15': {
    make: () => combined({ s: 16, m1: 1.35, m2: 0.4, m3: 0.15 }),
    formula: (c) => tf.sub(tf.cos(tf.clipByValue(tf.add(tf.mul(tf.acos(c), 1.35), 0.4), 1e-4, Math.PI - 1e-4)), 0.15),
  },
  'MV-Softmax, AM': {
    make: () => mvSoftmax({ s: 16 }),
    formula: (c) => tf.where(above(c, 0), tf.sub(c, 0.35), c),
    others: vectorGuided(0.2, (c) => tf.sub(c, 0.35)),
  },
  'MV-Softmax, Arc': {
    make: () => mvSoftmax({ s: 16, form: 'arc', m: 0.5, t: 0.3 }),
    formula: (c) => tf.where(above(c, 0), wider(c, 0.5), c),
    others: vectorGuided(0.3, (c) => wider(c, 0.5)),
  },
  CurricularFace: {
    make: () => curricularFace({ s: 16 }),
    formula: (c) => tf.where(above(c, Math.cos(Math.PI - 0.5)), wider(c, 0.5), tf.sub(c, 0.5 * Math.sin(0.5))),
    others: curricular(0, 0.99),
  },
  'CurricularFace, in its course': {
    make: () => inItsCourse(curricularFace({ s: 16, emaMomentum: 1 }), 0.4),
    formula: (c) => tf.where(above(c, Math.cos(Math.PI - 0.5)), wider(c, 0.5), tf.sub(c, 0.5 * Math.sin(0.5))),
    others: curricular(0.4, 1),
  },
  MagFace: mag({}, (c, m) => tf.where(above(c, 0), wider(c, m), c)),
  'MagFace, not easy': mag({ easyMargin: false }, (c, m) =>
    tf.where(above(c, tf.neg(tf.cos(m))), wider(c, m), tf.sub(c, tf.mul(m, tf.sin(m)))),
  ),
  'MagFace, cosine': mag({ form: 'cos' }, (c, m) => tf.sub(c, m)),
  'ArcFace, filtered': {
    make: () => withFiltering(arcFace({ s: 16, gradient: 'straightThrough' }), { threshold: 0.4 }),
    formula: (c) => wider(c, 0.5),
    straightThrough: 1,
    others: filtered(0.4),
  },
  'AdaFace, filtered': {
    make: () => withFiltering(adaFace({ s: 16 }), { threshold: 0.4 }),
    formula: ada(0.99),
    others: filtered(0.4),
  },
  'MV-Softmax, filtered': {
    make: () => withFiltering(mvSoftmax({ s: 16 }), { threshold: 0.6 }),
    formula: (c) => tf.where(above(c, 0), tf.sub(c, 0.35), c),
    others: (cos, c) => vectorGuided(0.2, (x) => tf.sub(x, 0.35))!(filtered(0.6)!(cos, c), c),
  },
  'class volume': {
    make: () => classVolume({ counts: COUNTS, s: 16 }),
    formula: (c) => tf.sub(c, tf.tensor1d(IMAGES.map((n) => 0.45 / n ** 0.25))),
  },
  'class volume, the rarest the measure': {
    make: () => classVolume({ counts: COUNTS, s: 16, mode: 'maxnorm' }),
    formula: (c) => tf.sub(c, tf.tensor1d(IMAGES.map((n) => (0.45 * 3 ** 0.25) / n ** 0.25))),
  },
  'class volume, in logits': {
    make: () => classVolume({ counts: COUNTS, s: 16, units: 'logit' }),
    formula: (c) => tf.sub(c, tf.tensor1d(IMAGES.map((n) => 0.45 / n ** 0.25 / 16))),
  },
  LDAM: {
    make: () => ldam({ counts: COUNTS, s: 10 }),
    formula: (c) => tf.sub(c, tf.tensor1d(IMAGES.map((n) => (0.5 * 3 ** 0.25) / n ** 0.25))),
  },
  'CosFace, class-balanced': {
    make: () => classBalanced(cosFace({ s: 16, m: 0.35 }), { counts: COUNTS, beta: 0.99 }),
    formula: (c) => tf.sub(c, 0.35),
    weight: balanced(IMAGES, 0.99),
  },
  'AdaFace, class-balanced': {
    make: () => classBalanced(adaFace({ s: 16 }), { counts: COUNTS, beta: 0.9 }),
    formula: ada(0.99),
    weight: balanced(IMAGES, 0.9),
  },
  'MagFace, class-balanced': {
    ...mag({}, (c, m) => tf.where(above(c, 0), wider(c, m), c)),
    make: () => classBalanced(magFace({ s: 16 }), { counts: COUNTS, beta: 0.99 }),
    weight: balanced(IMAGES, 0.99),
  },
};
