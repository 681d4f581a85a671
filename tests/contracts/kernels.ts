import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
// Under contract here: operators/net/kernels/native, operators/net/kernels/batchNorm, operators/net/kernels/batchNormGrad,
// operators/net/kernels/channelSum, operators/net/kernels/conv2d, operators/net/kernels/conv2dInputGrad,
// operators/net/kernels/conv2dFilterGrad, operators/net/kernels/prelu, operators/net/kernels/preluGrad,
// operators/net/kernels/subsample, operators/net/kernels/subsampleGrad, operators/net/kernels/add, operators/net/kernels/cast,
// operators/net/kernels/biasPrelu, operators/net/kernels/biasedSum, operators/net/kernels/paddedConv,
// operators/net/kernels/pad, operators/net/kernels/reshape, operators/net/kernels/slice, operators/net/kernels/rowLengths (operators/net/kernels/fused has its own test).
import { add } from '../../operators/net/kernels/add.ts';
import { batchNormInference, batchNormTrain } from '../../operators/net/kernels/batchNorm.ts';
import { batchNormGrad } from '../../operators/net/kernels/batchNormGrad.ts';
import { biasedSum } from '../../operators/net/kernels/biasedSum.ts';
import { biasPrelu } from '../../operators/net/kernels/biasPrelu.ts';
import { cast } from '../../operators/net/kernels/cast.ts';
import { channelSum } from '../../operators/net/kernels/channelSum.ts';
import { conv2d, type ConvGeometry } from '../../operators/net/kernels/conv2d.ts';
import { conv2dFilterGrad } from '../../operators/net/kernels/conv2dFilterGrad.ts';
import { conv2dInputGrad } from '../../operators/net/kernels/conv2dInputGrad.ts';
import { pad } from '../../operators/net/kernels/pad.ts';
import { paddedConv } from '../../operators/net/kernels/paddedConv.ts';
import { prelu } from '../../operators/net/kernels/prelu.ts';
import { preluGrad, preluInputGrad } from '../../operators/net/kernels/preluGrad.ts';
import { reshape } from '../../operators/net/kernels/reshape.ts';
import { rowLengths } from '../../operators/net/kernels/rowLengths.ts';
import { slice } from '../../operators/net/kernels/slice.ts';
import { subsample } from '../../operators/net/kernels/subsample.ts';
import { subsampleGrad } from '../../operators/net/kernels/subsampleGrad.ts';

export interface KernelCase {
  /** Shapes of the inputs by name; values are drawn by name, those called 'variance' positive. */
  inputs: Record<string, readonly number[]>;
  run: (inputs: Record<string, Tensor>) => Tensor[];
}

const MAP = [2, 6, 5, 4] as const;
const maps = { x: MAP, dy: MAP };
const channels = { scale: [4], offset: [4], mean: [4], variance: [4] };
const geometries: Record<string, { kernel: number; out: readonly number[]; geometry: ConvGeometry }> = {
  'same, 3x3': { kernel: 3, out: [2, 6, 5, 3], geometry: { stride: 1, padding: 'same' } },
  'valid, 3x3, stride 2': { kernel: 3, out: [2, 2, 2, 3], geometry: { stride: 2, padding: 'valid' } },
  'valid, 1x1, stride 2': { kernel: 1, out: [2, 3, 3, 3], geometry: { stride: 2, padding: 'valid' } },
};

const cases: Record<string, KernelCase> = {
  batchNormTrain: {
    inputs: { x: MAP, ...channels },
    run: ({ x, scale, offset, mean, variance }) => {
      const input = { x: x!, scale: scale!, offset: offset!, runningMean: mean!, runningVariance: variance! };
      const out = batchNormTrain(input);
      return [out.y, out.mean, out.variance, out.runningMean, out.runningVariance];
    },
  },
  batchNormInference: {
    inputs: { x: MAP, ...channels },
    run: ({ x, scale, offset, mean, variance }) => [
      batchNormInference({ x: x!, scale: scale!, offset: offset!, runningMean: mean!, runningVariance: variance! }),
    ],
  },
  rowLengths: { inputs: { x: [5, 40] }, run: ({ x }) => [rowLengths(x as tf.Tensor2D)] },
  add: { inputs: maps, run: ({ x, dy }) => [add(x!, dy!)] },
  cast: { inputs: { x: MAP }, run: ({ x }) => [cast(x!, 'float32')] },
  pad: {
    inputs: { x: MAP },
    run: ({ x }) => [pad(x!, [[0, 0], [1, 1], [0, 2], [0, 0]])], // prettier-ignore
  },
  reshape: { inputs: { x: MAP }, run: ({ x }) => [reshape(x!, [2, 30, 4])] },
  slice: { inputs: { x: MAP }, run: ({ x }) => [slice(x!, [0, 1, 1, 0], [2, 4, 3, 4])] },
  channelSum: { inputs: { x: MAP }, run: ({ x }) => [channelSum(x!)] },
  prelu: { inputs: { x: MAP, a: [4] }, run: ({ x, a }) => [prelu(x!, a!)] },
  preluGrad: {
    inputs: { ...maps, a: [4] },
    run: ({ x, dy, a }) => {
      const { dx, da } = preluGrad(dy!, x!, a!);
      return [dx, da, preluInputGrad(dy!, x!, a!)];
    },
  },
  biasPrelu: { inputs: { x: MAP, b: [4], a: [4] }, run: ({ x, b, a }) => [biasPrelu(x!, b!, a!)] },
  'biasPrelu, a bias a place': {
    inputs: { x: MAP, b: [120], a: [4] },
    run: ({ x, b, a }) => [biasPrelu(x!, b!, a!)],
  },
  biasedSum: { inputs: { ...maps, b: [4] }, run: ({ x, dy, b }) => [biasedSum(x!, dy!, b!)] },
  'paddedConv, 3x3': { inputs: { x: MAP, w: [3, 3, 4, 3] }, run: ({ x, w }) => [paddedConv(x!, w!, 1)] },
  'paddedConv, 3x3, stride 2': { inputs: { x: MAP, w: [3, 3, 4, 3] }, run: ({ x, w }) => [paddedConv(x!, w!, 2)] },
  'paddedConv, 1x1, stride 2': { inputs: { x: MAP, w: [1, 1, 4, 3] }, run: ({ x, w }) => [paddedConv(x!, w!, 2)] },
  subsample: { inputs: { x: MAP }, run: ({ x }) => [subsample(x!)] },
  'subsampleGrad, even and odd': { inputs: { dy: [2, 3, 3, 4] }, run: ({ dy }) => [subsampleGrad(dy!, MAP)] },
  'subsampleGrad, even': { inputs: { dy: [2, 3, 2, 4] }, run: ({ dy }) => [subsampleGrad(dy!, [2, 6, 4, 4])] },
};
for (const train of [true, false]) {
  cases[`batchNormGrad, train ${train}`] = {
    inputs: { ...maps, ...channels },
    run: ({ x, dy, scale, mean, variance }) => {
      // In training the statistics are the batch's own.
      const own = train ? tf.moments(x!, [0, 1, 2]) : { mean: mean!, variance: variance! };
      const out = batchNormGrad({ x: x!, dy: dy!, scale: scale!, mean: own.mean, variance: own.variance, train });
      return [out.dx, out.dScale, out.dOffset];
    },
  };
}
for (const [name, { kernel, out, geometry }] of Object.entries(geometries)) {
  const shape = [kernel, kernel, 4, 3];
  cases[`conv2d ${name}`] = { inputs: { x: MAP, w: shape }, run: ({ x, w }) => [conv2d(x!, w!, geometry)] };
  cases[`conv2dInputGrad ${name}`] = {
    inputs: { dy: out, w: shape },
    run: ({ dy, w }) => [conv2dInputGrad(dy!, w!, MAP, geometry)],
  };
  cases[`conv2dFilterGrad ${name}`] = {
    inputs: { x: MAP, dy: out },
    run: ({ x, dy }) => [conv2dFilterGrad(x!, dy!, shape, geometry)],
  };
}

/** Every kernel: its native version and its portable twin must agree. */
export const KERNELS: Readonly<Record<string, KernelCase>> = cases;
