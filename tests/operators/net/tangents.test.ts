import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Grads } from '../../../operators/net/layer.ts';
import { accumulate, given, sumOf } from '../../../operators/net/tangents.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

beforeAll(async () => {
  await startEngine({ want: 'cpu' });
});

describe('tangents', () => {
  it('add, a missing one being zero, and consume what they add', () => {
    const a = tf.tensor1d([1, 2]);
    expect(sumOf(a, null)).toBe(a);
    expect(sumOf(null, a)).toBe(a);
    expect(sumOf(null, null)).toBeNull();
    const sum = sumOf(a, tf.tensor1d([3, 4]));
    expect([...sum.dataSync()]).toEqual([4, 6]);
    sum.dispose();
    expect(tf.memory().numTensors).toBe(0);
  });

  it('accumulate over micro-batches', () => {
    const into: Grads = {};
    for (const value of [1, 2, 4]) accumulate(into, 'w', tf.scalar(value));
    expect(into['w']!.dataSync()[0]).toBe(7);
    tf.dispose(into);
    expect(tf.memory().numTensors).toBe(0);
  });

  it('are asked for where a layer cannot do without', () => {
    expect(() => given(null, 'flatten')).toThrow('flatten: jvp without a tangent of x');
  });
});
