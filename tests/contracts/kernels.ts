import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
// Under contract here: operators/net/kernels/native, operators/net/kernels/batchNorm, operators/net/kernels/batchNormGrad, operators/net/kernels/batchNormTangent,
// operators/net/kernels/channelSum, operators/net/kernels/conv2d, operators/net/kernels/conv2dInputGrad,
// operators/net/kernels/conv2dFilterGrad, operators/net/kernels/prelu, operators/net/kernels/preluGrad,
// operators/net/kernels/subsample, operators/net/kernels/subsampleGrad, operators/net/kernels/add, operators/net/kernels/cast,
// operators/net/kernels/descend, operators/net/kernels/biasPrelu, operators/net/kernels/biasedSum,
// operators/net/kernels/pad, operators/net/kernels/reshape, operators/net/kernels/slice, operators/net/kernels/rowLengths (operators/net/kernels/fused has its own test).
import { add } from '../../operators/net/kernels/add.ts';
import { batchNormInference, batchNormTrain } from '../../operators/net/kernels/batchNorm.ts';
import { batchNormGrad } from '../../operators/net/kernels/batchNormGrad.ts';
import { batchNormTangent } from '../../operators/net/kernels/batchNormTangent.ts';
import { biasedSum } from '../../operators/net/kernels/biasedSum.ts';
import { biasPrelu } from '../../operators/net/kernels/biasPrelu.ts';
import { cast } from '../../operators/net/kernels/cast.ts';
import { channelSum } from '../../operators/net/kernels/channelSum.ts';
import { conv2d, type Stride } from '../../operators/net/kernels/conv2d.ts';
import { conv2dFilterGrad } from '../../operators/net/kernels/conv2dFilterGrad.ts';
import { conv2dInputGrad } from '../../operators/net/kernels/conv2dInputGrad.ts';
import { descend } from '../../operators/net/kernels/descend.ts';
import { pad } from '../../operators/net/kernels/pad.ts';
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
/** Convolutions over maps of 7 x 6; those of 16 and 48 channels are our own on a processor. */
const convolutions: { name: string; kernel: 1 | 3; stride: Stride; channels: readonly [number, number] }[] = [
  { name: '3x3', kernel: 3, stride: 1, channels: [4, 3] },
  { name: '3x3, stride 2', kernel: 3, stride: 2, channels: [4, 3] },
  { name: '1x1', kernel: 1, stride: 1, channels: [4, 3] },
  { name: '1x1, stride 2', kernel: 1, stride: 2, channels: [4, 3] },
  { name: '3x3, 16 to 48 channels', kernel: 3, stride: 1, channels: [16, 48] },
  { name: '3x3, stride 2, 48 to 32 channels', kernel: 3, stride: 2, channels: [48, 32] },
];

const cases: Record<string, KernelCase> = {
  descend: {
    inputs: { weight: [3, 50], gradient: [3, 50], velocity: [3, 50] },
    run: ({ weight, gradient, velocity }) => {
      const rates = { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-2 };
      const first = descend(weight!, gradient!, undefined, { ...rates, weightDecay: 0 });
      const later = descend(weight!, gradient!, velocity, { ...rates, clip: tf.scalar(0.3) });
      return [first.weight, first.velocity, later.weight, later.velocity];
    },
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
  subsample: { inputs: { x: MAP }, run: ({ x }) => [subsample(x!)] },
  'subsampleGrad, even and odd': { inputs: { dy: [2, 3, 3, 4] }, run: ({ dy }) => [subsampleGrad(dy!, MAP)] },
  'subsampleGrad, even': { inputs: { dy: [2, 3, 2, 4] }, run: ({ dy }) => [subsampleGrad(dy!, [2, 6, 4, 4])] },
};
/** Of 4 channels, and of 32, which are our own on a processor; alone, and with what may follow. */
for (const count of [4, 32])
  for (const follows of [false, true]) {
    const map = [2, 6, 5, count];
    const vectors = Object.fromEntries(['scale', 'offset', 'mean', 'variance', 'slope'].map((name) => [name, [count]]));
    const title = `${count} channels${follows ? ', then prelu and a sum' : ''}`;
    const following = ({ slope, addend }: Record<string, Tensor>): { slope?: Tensor; addend?: Tensor } =>
      follows ? { slope: slope!, addend: addend! } : {};
    cases[`batchNorm, ${title}`] = {
      inputs: { x: map, addend: map, ...vectors },
      run: ({ x, scale, offset, mean, variance, ...rest }) => {
        const running = { runningMean: mean!, runningVariance: variance! };
        const input = { x: x!, scale: scale!, offset: offset!, ...running, ...following(rest) };
        const out = batchNormTrain(input);
        const inference = batchNormInference(input);
        return [out.y, out.mean, out.variance, out.runningMean, out.runningVariance, inference];
      },
    };
    for (const train of [true, false]) {
      cases[`batchNormGrad, train ${train}, ${title}`] = {
        inputs: { x: map, dy: map, addend: map, ...vectors },
        run: ({ x, dy, scale, offset, mean, variance, ...rest }) => {
          // In training the statistics are the batch's own.
          const own = train ? tf.moments(x!, [0, 1, 2]) : { mean: mean!, variance: variance! };
          const given = {
            x: x!,
            dy: dy!,
            scale: scale!,
            offset: offset!,
            mean: own.mean,
            variance: own.variance,
            train,
          };
          const out = batchNormGrad({ ...given, ...following(rest) });
          return [out.dx, out.dScale, out.dOffset, ...(out.dSlope ? [out.dSlope] : [])];
        },
      };
      cases[`batchNormTangent, train ${train}, ${title}`] = {
        inputs: {
          x: map,
          xdot: map,
          addend: map,
          ...vectors,
          scaleDot: [count],
          offsetDot: [count],
          slopeDot: [count],
        },
        run: ({ x, xdot, scale, offset, mean, variance, scaleDot, offsetDot, slopeDot, ...rest }) => {
          const own = train ? tf.moments(x!, [0, 1, 2]) : { mean: mean!, variance: variance! };
          const statistics = { mean: own.mean, variance: own.variance, train };
          const given = { x: x!, xdot: xdot!, scale: scale!, offset: offset!, ...statistics, ...following(rest) };
          const along = { scale: scaleDot!, offset: offsetDot!, slope: slopeDot! };
          return [batchNormTangent({ ...given, along }), batchNormTangent({ ...given, along: {} })];
        },
      };
    }
  }
for (const {
  name,
  kernel,
  stride,
  channels: [cin, cout],
} of convolutions) {
  const shape = [kernel, kernel, cin, cout];
  const seen = [3, 7, 6, cin];
  const out = [3, Math.ceil(7 / stride), Math.ceil(6 / stride), cout];
  cases[`conv2d ${name}`] = { inputs: { x: seen, w: shape }, run: ({ x, w }) => [conv2d(x!, w!, stride)] };
  cases[`conv2dInputGrad ${name}`] = {
    inputs: { dy: out, w: shape },
    run: ({ dy, w }) => [conv2dInputGrad(dy!, w!, seen, stride)],
  };
  cases[`conv2dFilterGrad ${name}`] = {
    inputs: { x: seen, dy: out },
    run: ({ x, dy }) => [conv2dFilterGrad(x!, dy!, shape, stride)],
  };
}

/** Every kernel: its native version and its portable twin must agree. */
export const KERNELS: Readonly<Record<string, KernelCase>> = cases;
