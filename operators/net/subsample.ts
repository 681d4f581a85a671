import type { Tensor } from '@tensorflow/tfjs-core';
import { subsample } from './kernels/subsample.ts';
import { subsampleGrad } from './kernels/subsampleGrad.ts';
import type { Grads, Layer, Mode, Params, ParamSpec, Scope } from './layer.ts';
import { given } from './tangents.ts';

/** Every second row and column, which is PyTorch's MaxPool2d(1, 2): [N, H, W, C] to [N, ceil(H/2), ceil(W/2), C]. */
export class Subsample implements Layer {
  readonly params: readonly ParamSpec[] = [];

  outShape([h, w, c]: readonly number[]): number[] {
    return [Math.ceil(h! / 2), Math.ceil(w! / 2), c!];
  }

  forward(_p: Params, x: Tensor, _mode: Mode, scope: Scope): Tensor {
    const y = subsample(x);
    scope.save(this, { x });
    return y;
  }

  backward(_p: Params, dy: Tensor, scope: Scope, _into: Grads | null, keep: boolean): Tensor {
    const dx = subsampleGrad(dy, scope.read(this)['x']!.shape);
    dy.dispose();
    if (!keep) scope.free(this);
    return dx;
  }

  jvp(_p: Params, xdot: Tensor | null, _pdot: Params, _scope: Scope): Tensor {
    const tangent = given(xdot, 'subsample');
    const y = subsample(tangent);
    tangent.dispose();
    return y;
  }
}
