import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { adaFace } from '../../operators/margins/adaFace.ts';
import { arcFace } from '../../operators/margins/arcFace.ts';
import { cosFace } from '../../operators/margins/cosFace.ts';
import { normFace } from '../../operators/margins/normFace.ts';
import { softmax } from '../../operators/margins/softmax.ts';
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
};
