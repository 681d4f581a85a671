import { conv2d, randomUniform, tidy, type Tensor4D } from '@tensorflow/tfjs-core';

/** Shape of the convolution a step spends its time in: 3x3, 64 channels to 64. */
const IMAGES = 4;
const SIDE = 28;
const CHANNELS = 64;

/**
 * Speed of the engine in force, in GFLOPS (10^9 multiplications and additions a second) of a 3x3 convolution.
 * @param seconds how long to measure; the first, slower call is left out
 */
export function measureSpeed(seconds: number): number {
  const operations = 2 * IMAGES * SIDE * SIDE * 9 * CHANNELS * CHANNELS;
  return tidy(() => {
    const x = randomUniform([IMAGES, SIDE, SIDE, CHANNELS], -1, 1, 'float32', 1) as Tensor4D;
    const w = randomUniform([3, 3, CHANNELS, CHANNELS], -1, 1, 'float32', 2) as Tensor4D;
    const once = (): void => {
      tidy(() => conv2d(x, w, 1, 'same')).dispose();
    };
    // A GPU works behind the call: reading the last result waits for all.
    const settle = (): void => void tidy(() => conv2d(x, w, 1, 'same').dataSync());
    settle();
    const begin = performance.now();
    let calls = 1;
    for (; performance.now() - begin < seconds * 1_000; calls++) once();
    settle();
    return (calls * operations) / ((performance.now() - begin) * 1e6);
  });
}
