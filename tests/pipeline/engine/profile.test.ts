import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nativeBackend, startEngine } from '../../../pipeline/engine/load.ts';
import { profileOps } from '../../../pipeline/engine/profile.ts';

let native = true;
beforeAll(async () => {
  native = (await startEngine()).backend === 'native';
});

describe('profileOps', () => {
  beforeEach(({ skip }) => {
    if (!native) skip('needs the native engine');
  });

  it('counts and times the calls of the work alone, and takes itself out of the way', () => {
    const { binding } = nativeBackend();
    const [a, b] = [tf.ones([64, 64]), tf.ones([64, 64])];
    tf.matMul(a, b).dispose();
    const times = profileOps(() =>
      tf.tidy(() => {
        tf.matMul(tf.matMul(a, b), b).dataSync();
        tf.square(a);
      }),
    );
    expect(nativeBackend().binding).toBe(binding);
    tf.square(a).dispose();
    const calls = Object.fromEntries([...times].map(([op, entry]) => [op, entry.calls]));
    expect(calls).toMatchObject({ BatchMatMulV2: 2, Square: 1, 'values from TensorFlow': 1 });
    expect(calls['tensors freed']).toBeGreaterThanOrEqual(3);
    const spent = [...times.values()].map(({ milliseconds }) => milliseconds);
    expect(spent).toEqual(spent.toSorted((p, q) => q - p));
    expect(spent[0]).toBeGreaterThan(0);
    tf.dispose([a, b]);
  });

  it('gives the binding back where the work fails', () => {
    const { binding } = nativeBackend();
    const broken = (): void => {
      throw new Error('broken');
    };
    expect(() => profileOps(broken)).toThrow('broken');
    expect(nativeBackend().binding).toBe(binding);
  });
});

it('needs the native engine', async () => {
  await startEngine({ want: 'cpu' });
  expect(() => profileOps(() => {})).toThrow('the native engine is not running');
});
