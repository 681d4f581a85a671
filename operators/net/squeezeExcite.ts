import { matMul, mean, mul, relu, reshape, sigmoid, step, sub, sum, tidy, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core'; // prettier-ignore
import { ShapeError } from '../../pipeline/errors.ts';
import type { Grads, Layer, Mode, Params, ParamSpec, Scope } from './layer.ts';
import { accumulate, sumOf } from './tangents.ts';

/**
 * Channel attention: x times sigmoid(relu(mean over H, W of x, times W1) times W2), with C/16 channels between (Hu et al. 2018).
 * [N, H, W, C] to [N, H, W, C]; W1 and W2 are 1x1 convolutions without bias (AdaFace net.py, SEModule).
 */
export class SqueezeExcite implements Layer {
  readonly params: readonly ParamSpec[];
  readonly #channels: number;
  readonly #down: string;
  readonly #up: string;

  constructor(name: string, { channels, reduction = 16 }: { channels: number; reduction?: number }) {
    this.#channels = channels;
    this.#down = `${name}.fc1.weight`;
    this.#up = `${name}.fc2.weight`;
    const middle = Math.max(1, Math.floor(channels / reduction));
    this.params = [weight(this.#down, channels, middle), weight(this.#up, middle, channels)];
  }

  outShape(inShape: readonly number[]): number[] {
    if (inShape.length !== 3 || inShape[2] !== this.#channels)
      throw new ShapeError(this.#down, `[h, w, ${this.#channels}]`, inShape);
    return [...inShape];
  }

  forward(p: Params, x: Tensor, _mode: Mode, scope: Scope): Tensor {
    const squeezed = mean(x, [1, 2]);
    const hidden = tidy(() => relu(matMul(squeezed as Tensor2D, this.#matrix(p, this.#down))));
    const gate = tidy(() => sigmoid(matMul(hidden as Tensor2D, this.#matrix(p, this.#up))));
    const y = tidy(() => mul(x, overMap(gate)));
    scope.save(this, { x, squeezed, hidden, gate });
    return y;
  }

  backward(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): Tensor {
    const { x, squeezed, hidden, gate } = scope.read(this) as Record<'x' | 'squeezed' | 'hidden' | 'gate', Tensor>;
    const [dx, dUp, dDown] = tidy(() => {
      const dGate = sum(mul(dy, x), [1, 2]);
      const dRaised = mul(dGate, gateSlope(gate)) as Tensor2D;
      const dHidden = matMul(dRaised, this.#matrix(p, this.#up), false, true);
      const dLowered = mul(dHidden, step(hidden)) as Tensor2D;
      const dSqueezed = matMul(dLowered, this.#matrix(p, this.#down), false, true);
      const spread = mul(dSqueezed, (x.shape[0]! * x.shape[3]!) / x.size);
      return [
        sumOf(mul(dy, overMap(gate)), overMap(spread)),
        reshape(matMul(hidden as Tensor2D, dRaised, true, false), this.params[1]!.shape),
        reshape(matMul(squeezed as Tensor2D, dLowered, true, false), this.params[0]!.shape),
      ] as const;
    });
    dy.dispose();
    if (into === null) {
      dDown.dispose();
      dUp.dispose();
    } else {
      accumulate(into, this.#down, dDown);
      accumulate(into, this.#up, dUp);
    }
    if (!keep) scope.free(this);
    return dx;
  }

  jvp(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope): Tensor {
    const { x, squeezed, hidden, gate } = scope.read(this) as Record<'x' | 'squeezed' | 'hidden' | 'gate', Tensor>;
    const tangent = tidy(() => {
      const down = this.#product(p, pdot, this.#down, squeezed, xdot === null ? null : mean(xdot, [1, 2]));
      const hiddenDot = down === null ? null : mul(down, step(hidden));
      const up = this.#product(p, pdot, this.#up, hidden, hiddenDot);
      const gateDot = up === null ? null : mul(up, gateSlope(gate));
      const byGate = gateDot === null ? mul(x, 0) : mul(x, overMap(gateDot));
      return xdot === null ? byGate : sumOf(byGate, mul(xdot, overMap(gate)));
    });
    xdot?.dispose();
    return tangent;
  }

  /** Tangent of value x W: value x Wdot + valueDot x W; null where both are zero. */
  #product(p: Params, pdot: Params, name: string, value: Tensor, valueDot: Tensor | null): Tensor | null {
    const byWeight = name in pdot ? matMul(value as Tensor2D, this.#matrix(pdot, name)) : null;
    return sumOf(valueDot === null ? null : matMul(valueDot as Tensor2D, this.#matrix(p, name)), byWeight);
  }

  /** A 1x1 convolution's weight as a matrix [in, out]. */
  #matrix(p: Params, name: string): Tensor2D {
    const kernel = p[name]!;
    return reshape(kernel, kernel.shape.slice(2) as [number, number]);
  }
}

/** A 1x1 convolution without bias. */
function weight(name: string, from: number, to: number): ParamSpec {
  return {
    name,
    shape: [1, 1, from, to],
    layout: { kind: 'conv' },
    role: 'weight',
    init: { kind: 'kaimingFanOut', fanOut: to },
  };
}

/** [N, C] as [N, 1, 1, C]. */
function overMap(x: Tensor): Tensor {
  return reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]);
}

/** Slope of a sigmoid from its value. */
function gateSlope(gate: Tensor): Tensor {
  return mul(gate, sub(1, gate));
}
