import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
// Under contract here: operators/net/conv, operators/net/cast (tests/operators/net/precision.test.ts), batchNorm, operators/net/prelu, linear, dropout, flatten, subsample, squeezeExcite, residual, sequential.
import { BatchNorm } from '../../operators/net/batchNorm.ts';
import { Conv } from '../../operators/net/conv.ts';
import { Dropout } from '../../operators/net/dropout.ts';
import { Flatten } from '../../operators/net/flatten.ts';
import type { Params } from '../../operators/net/layer.ts';
import { Linear } from '../../operators/net/linear.ts';
import { Recomputed } from '../../operators/net/recomputed.ts';
import { Residual } from '../../operators/net/residual.ts';
import { Sequential } from '../../operators/net/sequential.ts';
import { SqueezeExcite } from '../../operators/net/squeezeExcite.ts';
import { Subsample } from '../../operators/net/subsample.ts';
import { architecture, iresnet } from '../../operators/net/iresnet.ts';
import type { LayerCase } from './layer.ts';
import * as stock from '../fixtures/stockNetwork.ts';

const conv = (kernel: 1 | 3, stride: 1 | 2, size: number): LayerCase => ({
  make: () => new Conv('c', { in: 2, out: 3, kernel, stride }),
  shape: [size, size + 1, 2],
  oracle: (p, x) => stock.conv(x, p['c.weight']!, stride),
});
const subsampled: LayerCase['oracle'] = (_p, x) => stock.subsample(x);
const branch = (stride: 1 | 2, out: number): Sequential =>
  new Sequential([
    new BatchNorm('n', { channels: 3 }),
    new Conv('c', { in: 3, out, kernel: 3, stride }),
    new BatchNorm('m', { channels: out }),
  ]);
const branchOracle = (p: Params, x: Tensor, stride: 1 | 2): Tensor =>
  stock.norm(stock.conv(stock.norm(x, p, 'n'), p['c.weight']!, stride), p, 'm');
const tiny = architecture('ir10', { widths: [3, 4, 5, 6], size: [18, 20], embedding: 5, dropout: 0 });

/** Every layer, and networks of them, small. */
export const LAYERS: Record<string, LayerCase> = {
  'convolution 3x3': conv(3, 1, 5),
  'convolution 3x3, stride 2, even and odd': conv(3, 2, 6),
  'convolution 1x1': conv(1, 1, 4),
  'convolution 1x1, stride 2, odd and even': conv(1, 2, 5),
  'batch norm of maps': {
    make: () => new BatchNorm('n', { channels: 3 }),
    shape: [4, 3, 3],
    oracle: (p, x) => stock.norm(x, p, 'n'),
  },
  'batch norm of vectors, not affine': {
    make: () => new BatchNorm('n', { channels: 4, affine: false }),
    shape: [4],
    oracle: (p, x) => stock.norm(x, p, 'n'),
  },
  'batch norm, then prelu': {
    make: () => new BatchNorm('n', { channels: 6, prelu: 'a' }),
    shape: [3, 4, 6],
    oracle: (p, x) => stock.prelu(stock.norm(x, p, 'n'), p['a.weight']!),
  },
  linear: {
    make: () => new Linear('l', { map: [2, 1, 3], out: 4 }),
    shape: [6],
    oracle: (p, x) => tf.add(tf.matMul(x as Tensor2D, p['l.weight'] as Tensor2D), p['l.bias']!),
  },
  dropout: { make: () => new Dropout('d', { rate: 0.4 }), shape: [3, 3, 4] },
  flatten: {
    make: () => new Flatten([2, 3, 4]),
    shape: [2, 3, 4],
    oracle: (_p, x) => tf.reshape(x, [x.shape[0]!, -1]),
  },
  'subsample, even': { make: () => new Subsample(), shape: [4, 6, 2], oracle: subsampled },
  'subsample, odd': { make: () => new Subsample(), shape: [5, 4, 2], oracle: subsampled },
  'squeeze and excite': {
    make: () => new SqueezeExcite('se', { channels: 4, reduction: 2 }),
    shape: [3, 2, 4],
    oracle: (p, x) => stock.squeezeExcite(x, p, 'se'),
  },
  'residual with identity': {
    make: () => new Residual(branch(1, 3), null),
    shape: [4, 4, 3],
    oracle: (p, x) => tf.add(branchOracle(p, x, 1), x),
  },
  'residual with subsample': {
    make: () => new Residual(branch(2, 3), new Subsample()),
    shape: [4, 5, 3],
    oracle: (p, x) => tf.add(branchOracle(p, x, 2), stock.subsample(x)),
  },
  'residual with convolution': {
    make: () => new Residual(branch(2, 4), new Conv('s', { in: 3, out: 4, kernel: 1, stride: 2 })),
    shape: [4, 4, 3],
    oracle: (p, x) => tf.add(branchOracle(p, x, 2), stock.conv(x, p['s.weight']!, 2)),
  },
  'a residual block, recomputed': {
    make: () => new Recomputed(new Residual(branch(2, 4), new Conv('s', { in: 3, out: 4, kernel: 1, stride: 2 }))),
    shape: [4, 4, 3],
    oracle: (p, x) => tf.add(branchOracle(p, x, 2), stock.conv(x, p['s.weight']!, 2)),
  },
  'a tiny ir10': {
    make: () => iresnet(tiny),
    shape: [...tiny.size, 3],
    oracle: (p, x) => stock.network(tiny, p, x as Tensor4D),
    zeroGradient: stock.ZERO_GRADIENT,
    differences: 5e-2,
  },
};
