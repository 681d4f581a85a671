import { tensor4d, type Tensor4D } from '@tensorflow/tfjs-core';
import { ShapeError } from '../../pipeline/errors.ts';
import type { Architecture } from './iresnet.ts';

/**
 * Bytes as the network wants them: [N, H, W, 3] RGB to a float tensor of the same shape,
 * channels in the model's order, (v / 255 - mean) / std. A table of 256 values, one pass.
 *
 * @param pixels N x H x W x 3 bytes
 * @param size [H, W]
 * @throws ShapeError where the bytes are not n images of this size
 */
export function normalise(
  pixels: Uint8Array,
  n: number,
  size: readonly [number, number],
  input: Architecture['input'],
): Tensor4D {
  const [h, w] = size;
  if (pixels.length !== n * h * w * 3) throw new ShapeError('normalise', `[${n} x ${h} x ${w} x 3]`, [pixels.length]);
  const table = Float32Array.from({ length: 256 }, (_, value) => (value / 255 - input.mean) / input.std);
  const [first, last] = input.channels === 'rgb' ? [0, 2] : [2, 0];
  const values = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i += 3) {
    values[i] = table[pixels[i + first]!]!;
    values[i + 1] = table[pixels[i + 1]!]!;
    values[i + 2] = table[pixels[i + last]!]!;
  }
  return tensor4d(values, [n, h, w, 3]);
}
