import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { keyedRandom } from '../../../../operators/maths/keyedRandom.ts';
import { startEngine, type Backend } from '../../../../pipeline/engine/load.ts';
import { KERNELS, type KernelCase } from '../../../contracts/kernels.ts';
import { near } from '../../../contracts/layer.ts';

describe.each<Backend>(['wasm', 'cpu'])('kernels: the portable twin on %s equals the native one', (portable) => {
  let native = true;
  beforeAll(async () => {
    native = (await startEngine({ want: 'native' })).backend === 'native';
  });

  it.for(Object.entries(KERNELS))('%s', async ([, kernel], { skip }) => {
    if (!native) skip('the native engine is not installed');
    const ours = await outputs('native', kernel);
    const theirs = await outputs(portable, kernel);
    expect(theirs.map((out) => out.shape)).toEqual(ours.map((out) => out.shape));
    for (const [i, out] of ours.entries()) near(out.values, theirs[i]!.values, 2e-6);
  });
});

/** What a kernel gives on an engine; it must leave nothing else there. */
async function outputs(want: Backend, kernel: KernelCase): Promise<{ shape: number[]; values: Float32Array }[]> {
  await startEngine({ want });
  return tf.tidy(() => {
    const inputs = Object.fromEntries(
      Object.entries(kernel.inputs).map(([name, shape]) => [name, tf.tensor(values(name, shape), [...shape])]),
    );
    return kernel.run(inputs).map((t) => ({ shape: t.shape, values: t.dataSync<'float32'>().slice() }));
  });
}

function values(name: string, shape: readonly number[]): Float32Array {
  const random = keyedRandom(2, name, 0, 0);
  const low = name === 'variance' ? 0.5 : -1;
  return Float32Array.from({ length: shape.reduce((n, size) => n * size, 1) }, () => low + 2 * random());
}
