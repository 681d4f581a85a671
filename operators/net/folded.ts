import { add, dispose, keep, matMul, mul, reshape, rsqrt, sub, tensor1d, tidy, tile } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { biasedSum } from './kernels/biasedSum.ts';
import { biasPrelu } from './kernels/biasPrelu.ts';
import { EPSILON } from './kernels/batchNorm.ts';
import { cast } from './kernels/cast.ts';
import { conv2d, isOwn } from './kernels/conv2d.ts';
import { subsample } from './kernels/subsample.ts';
import { blocksOf, type Block } from './iresnet.ts';
import type { Params } from './layer.ts';
import type { Model } from './model.ts';
import { createScope } from './scope.ts';
import { SqueezeExcite } from './squeezeExcite.ts';

/** A step of the network for inference; it consumes `x`. */
type Step = (x: Tensor) => Tensor;

/** A model made ready for inference. It owns weights of its own. */
export interface Folded {
  /** x [N, H, W, 3] as `normalise` gives it, consumed, to the un-normalised z [N, D]. */
  embed(x: Tensor4D): Tensor2D;
  /** Whether the model's weights are still those that were folded: a training step replaces them. */
  current(): boolean;
  dispose(): void;
}

/**
 * The network for inference, every batch norm folded into the convolution or the linear layer beside it.
 *
 * In plain words: with fixed statistics a batch norm is a scale and a shift a channel. Scales go into the weights, shifts into
 * biases, and a residual block is two convolutions, one rectifier and one sum.
 *
 * The batch norm at the head of a block stands before a convolution that pads with zeros, which are not shifted: at the border its
 * shift arrives through fewer taps. So it becomes a bias of its own for every place [H, W, C]; one bias a channel would be wrong
 * at the border. Embeddings equal those of `model.embed` up to rounding. Where the model is in bfloat16, weights are
 * rounded once, after folding, or stay float32 for our own convolutions, which do so; biases, slopes and the output layer are float32.
 */
export function fold(model: Model): Folded {
  const source = { ...model.params };
  const owned: Tensor[] = [];
  const own = <T extends Tensor>(x: T): T => {
    owned.push(keep(x));
    return x;
  };
  let steps: Step[] = [];
  tidy(() => void (steps = stepsOf(model, own)));
  return {
    embed: (x) => {
      const typed = cast(x, model.precision);
      x.dispose();
      return steps.reduce<Tensor>((value, step) => step(value), typed) as Tensor2D;
    },
    current: () => Object.entries(source).every(([name, tensor]) => model.params[name] === tensor),
    dispose: () => {
      dispose(owned);
    },
  };
}

function stepsOf({ architecture, precision, params: p }: Model, own: <T extends Tensor>(x: T) => T): Step[] {
  const { squeezeExcite, size } = architecture;
  const typed = (w: Tensor): Tensor => own(isOwn(precision, w.shape) ? w : cast(w, precision));

  const first = foldedConv(p, 'input_layer.0', normOf(p, 'input_layer.1'));
  const steps = [rectified(typed(first.weight), own(first.bias), own(p['input_layer.2.weight']!.clone()))]; // [N, H, W, 64]
  let [h, w] = size;
  for (const one of blocksOf(architecture)) {
    steps.push(block(one, [h, w]));
    [h, w] = [Math.ceil(h / one.stride), Math.ceil(w / one.stride)];
  }
  return [...steps, output([h, w, architecture.widths.at(-1)!])];

  function rectified(weight: Tensor, bias: Tensor, slope: Tensor): Step {
    return (x) => {
      const y = spent(conv2d(x, weight, 1), x);
      return spent(biasPrelu(y, bias, slope), y);
    };
  }

  function block({ name, out, stride, across: convolved }: Block, map: readonly [number, number]): Step {
    const layer = (index: number): string => `${name}.res_layer.${index}`;
    const one = foldedConv(p, layer(1), normOf(p, layer(2)), { norm: normOf(p, layer(0)), map });
    const two = foldedConv(p, layer(4), normOf(p, layer(5)));
    const side = convolved ? foldedConv(p, `${name}.shortcut_layer.0`, normOf(p, `${name}.shortcut_layer.1`)) : null;
    const head = rectified(typed(one.weight), own(one.bias), own(p[`${layer(3)}.weight`]!.clone()));
    const [second, bias] = [typed(two.weight), own(two.bias)];
    const gate = squeezeExcite ? gated(`${name}.res_layer.se_block`, out, bias) : null;
    // A gate comes between a branch's bias and the sum.
    const sides = side?.bias ?? tensor1d(new Float32Array(out));
    const total = own(gate === null ? add(bias, sides) : sides);
    const across = side === null ? null : typed(side.weight);
    return (x) => {
      const beside = across === null ? (stride === 1 ? x.clone() : subsample(x)) : conv2d(x, across, stride); // [N, h, w, out]
      const inner = head(x);
      const branch = spent(conv2d(inner, second, stride), inner);
      const y = gate === null ? branch : gate(branch);
      return spent(biasedSum(y, beside, total), y, beside);
    };
  }

  function gated(name: string, channels: number, bias: Tensor): Step {
    const layer = new SqueezeExcite(name, { channels });
    const scope = createScope({ keeps: false });
    const mode = { train: false, updateStats: false, step: 0, seed: 0 };
    return (x) => {
      const wide = spent(
        tidy(() => add(cast(x, 'float32'), bias)),
        x,
      );
      const y = layer.forward(p, wide, mode, scope);
      return spent(cast(y, precision), y);
    };
  }

  /** Batch norm, linear, batch norm: one product. */
  function output([h, w, c]: [number, number, number]): Step {
    const [before, after] = [normOf(p, 'output_layer.0'), normOf(p, 'output_layer.4')];
    const flat = (vector: Tensor): Tensor2D => reshape(tile(vector, [h * w]), [-1, 1]);
    const linear = p['output_layer.3.weight'] as Tensor2D; // [h x w x c, D]
    const weight = own(mul(mul(linear, flat(before.scale)), after.scale)) as Tensor2D;
    const shifted = add(reshape(matMul(flat(before.shift), linear, true), [-1]), p['output_layer.3.bias']!);
    const bias = own(add(mul(shifted, after.scale), after.shift));
    return (x) =>
      tidy(() => {
        const rows = reshape(cast(x, 'float32'), [x.shape[0]!, h * w * c]) as Tensor2D;
        x.dispose();
        return add(matMul(rows, weight), bias);
      });
  }
}

/** A batch norm of fixed statistics: scale x + shift. */
interface Affine {
  scale: Tensor;
  shift: Tensor;
}

function normOf(p: Params, name: string): Affine {
  const [mean, variance] = [p[`${name}.running_mean`]!, p[`${name}.running_var`]!];
  const slope = rsqrt(add(variance, EPSILON));
  const [weight, bias] = [p[`${name}.weight`], p[`${name}.bias`]];
  const scale = weight === undefined ? slope : mul(slope, weight);
  const down = mul(mean, scale);
  return { scale, shift: bias === undefined ? mul(down, -1) : sub(bias, down) };
}

/**
 * A convolution with the batch norm behind it and the one before it, if any.
 *
 * @param before the batch norm of what it sees, whose map is [H, W]; the bias is then [H x W x out] instead of [out]
 */
function foldedConv(
  p: Params,
  name: string,
  after: Affine,
  before?: { norm: Affine; map: readonly [number, number] },
): { weight: Tensor; bias: Tensor } {
  const kernel = p[`${name}.weight`]!; // [k, k, in, out]
  if (before === undefined) return { weight: mul(kernel, after.scale), bias: after.shift };
  const { norm, map } = before;
  const channels = kernel.shape[2]!;
  const seen = reshape(tile(norm.shift, [map[0] * map[1]]), [1, ...map, channels]);
  const shifts = conv2d(seen, kernel, 1); // [1, H, W, out]
  return {
    weight: mul(mul(kernel, reshape(norm.scale, [channels, 1])), after.scale),
    bias: reshape(add(mul(shifts, after.scale), after.shift), [-1]),
  };
}

/** y, whose inputs are needed no more. */
function spent(y: Tensor, ...inputs: Tensor[]): Tensor {
  dispose(inputs);
  return y;
}
