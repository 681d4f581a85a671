import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyedRandom } from '../../../../operators/maths/keyedRandom.ts';
import { cast } from '../../../../operators/net/kernels/cast.ts';
import { floatType } from '../../../../operators/net/kernels/native.ts';
import { prelu } from '../../../../operators/net/kernels/prelu.ts';
import { preluGrad } from '../../../../operators/net/kernels/preluGrad.ts';
import { startEngine } from '../../../../pipeline/engine/load.ts';
import { KERNELS } from '../../../contracts/kernels.ts';
import { near } from '../../../contracts/layer.ts';

let native = true;
beforeAll(async () => {
  native = (await startEngine()).backend === 'native';
});
beforeEach(({ skip }) => {
  if (!native) skip('bfloat16 needs the native engine');
});

const array = (t: Tensor): Float32Array => cast(t, 'float32').dataSync<'float32'>().slice();
const isMap = (name: string): boolean => ['x', 'dy', 'xdot', 'addend'].includes(name);
/** The nearest bfloat16 value, as float32: what is compared is then the arithmetic alone. */
const rounded = (t: Tensor): Tensor => cast(cast(t, 'bfloat16'), 'float32');

describe('kernels take bfloat16 maps', () => {
  it.each(Object.entries(KERNELS))('%s: as with float32 maps, up to rounding', (_, kernel) => {
    tf.tidy(() => {
      const wide = Object.fromEntries(
        Object.entries(kernel.inputs).map(([name, shape]) => [name, rounded(drawn(name, shape))]),
      );
      const short = Object.fromEntries(
        Object.entries(wide).map(([name, t]) => [name, isMap(name) ? cast(t, 'bfloat16') : t]),
      );
      const [ours, theirs] = [kernel.run(short), kernel.run(wide)];
      for (const [i, out] of ours.entries()) {
        expect(out.shape).toEqual(theirs[i]!.shape);
        near(array(out), array(theirs[i]!), 8e-3);
      }
    });
  });

  it('the big maps of a fused kernel stay bfloat16, the slope of PReLU float32', () => {
    tf.tidy(() => {
      const shape = [16, 64, 64, 16];
      const [x, dy, a] = [rounded(drawn('x', shape)), rounded(drawn('dy', shape)), drawn('a', [16])];
      const [shortX, shortDy] = [cast(x, 'bfloat16'), cast(dy, 'bfloat16')];
      const y = prelu(shortX, a);
      expect(floatType(y)).toBe(14);
      near(array(y), array(prelu(x, a)), 4e-3);
      const [ours, theirs] = [preluGrad(shortDy, shortX, a), preluGrad(dy, x, a)];
      expect([floatType(ours.dx), floatType(ours.da)]).toEqual([14, 1]);
      near(array(ours.dx), array(theirs.dx), 4e-3);
      // Products of two short values are exact in float32, and so are summed the same.
      near(array(ours.da), array(theirs.da), 1e-6);
    });
  });
});

describe('cast', () => {
  it('rounds to 8 bits of significand, and back it adds nothing', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([1, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 3.3, -1e-3]);
      expect([...array(rounded(x))].slice(0, 3)).toEqual([1, 1, 1 + 2 ** -6]);
      near(array(rounded(x)), array(x), 2 ** -8);
      expect(floatType(cast(x, 'bfloat16'))).toBe(14);
      expect(floatType(cast(x, 'float32'))).toBe(1);
    });
  });

  it('is known to tidy and dispose', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => void cast(tf.ones([4]), 'bfloat16'));
    expect(tf.memory().numTensors).toBe(before);
  });
});

function drawn(name: string, shape: readonly number[]): Tensor {
  const random = keyedRandom(2, name, 0, 0);
  const low = name === 'variance' ? 0.5 : -1;
  const size = shape.reduce((n, one) => n * one, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => low + 2 * random()),
    [...shape],
  );
}
