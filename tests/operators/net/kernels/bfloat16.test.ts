import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyedRandom } from '../../../../operators/maths/keyedRandom.ts';
import { cast } from '../../../../operators/net/kernels/cast.ts';
import { conv2d, isOwn } from '../../../../operators/net/kernels/conv2d.ts';
import { conv2dFilterGrad } from '../../../../operators/net/kernels/conv2dFilterGrad.ts';
import { conv2dInputGrad } from '../../../../operators/net/kernels/conv2dInputGrad.ts';
import { floatType, hasOwn } from '../../../../operators/net/kernels/native.ts';
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
/** Length of the difference over that of what was wanted. */
const distance = (a: Float32Array, wanted: Float32Array): number => {
  const square = (of: (i: number) => number): number => wanted.reduce((sum, _, i) => sum + of(i) ** 2, 0);
  return Math.sqrt(square((i) => a[i]! - wanted[i]!) / square((i) => wanted[i]!));
};
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

describe('convolutions of our own, of maps in bfloat16', () => {
  const odd = { n: 1, h: 5, w: 5, cin: 16, cout: 48 }; // 9 tiles: the last pair is half empty
  const shapes = [odd, { ...odd, h: 1, w: 1 }, { ...odd, n: 3, w: 8, cin: 48, cout: 16 }, { ...odd, n: 2, h: 31, w: 29, cin: 32, cout: 32 }]; // prettier-ignore
  const cases = shapes.flatMap((shape) => ([1, 2] as const).map((stride) => ({ ...shape, stride })));

  it.for(cases)(
    '$n x $h x $w, $cin to $cout, stride $stride: float32 up to rounding, the same each time',
    (one, { skip }) => {
      if (!isOwn('bfloat16', [3, 3, one.cin, one.cout])) skip('left to the engine on this processor');
      const { n, h, w, cin, cout, stride } = one;
      const seen = [n, h, w, cin];
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const kernel = drawn('w', [3, 3, cin, cout]);
        const x = rounded(drawn('x', seen));
        const dy = rounded(drawn('dy', [n, Math.ceil(h / stride), Math.ceil(w / stride), cout]));
        const all = (x: Tensor, dy: Tensor): Tensor[] => [
          conv2d(x, kernel, stride),
          conv2dInputGrad(dy, kernel, seen, stride),
          conv2dFilterGrad(x, dy, kernel.shape, stride),
        ];
        const [shortX, shortDy] = [cast(x, 'bfloat16'), cast(dy, 'bfloat16')];
        const [ours, again, wide] = [all(shortX, shortDy), all(shortX, shortDy), all(x, dy)];
        expect(ours.map(floatType)).toEqual([14, 14, 1]);
        for (const [i, out] of ours.entries()) {
          expect(array(again[i]!)).toEqual(array(out));
          // Rounding the result alone is 2.4e-3 away, and an engine's convolution of rounded weights; transformed tiles are rounded too.
          expect(distance(array(out), array(wide[i]!))).toBeLessThan(6e-3);
        }
      });
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('are taken where vectors multiply it, and left to the engine where tiles do, or nothing does', ({ skip }) => {
    if (!hasOwn()) skip('the operations are not compiled here');
    const on = (...instructions: string[]): boolean => isOwn('bfloat16', [3, 3, 64, 64], new Set(instructions));
    expect([on('avx512_bf16'), on('avx512_bf16', 'amx_bf16'), on('avx512f')]).toEqual([true, false, false]);
    expect(isOwn('float32', [3, 3, 64, 64], new Set())).toBe(true);
    expect(isOwn('bfloat16', [3, 3, 3, 64], new Set(['avx512_bf16']))).toBe(false);
    expect(isOwn('bfloat16', [1, 1, 64, 64], new Set(['avx512_bf16']))).toBe(false);
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
