import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Flatten } from '../../../operators/net/flatten.ts';
import { createScope } from '../../../operators/net/scope.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

beforeAll(async () => {
  await startEngine({ want: 'cpu' });
});

describe('scope', () => {
  const [owner, other] = [new Flatten([1, 1, 1]), new Flatten([1, 1, 1])];

  it('keeps what a layer saved until it is freed or the scope is disposed', () => {
    const scope = createScope({ keeps: true });
    const x = tf.zeros([2]);
    scope.save(owner, { x });
    scope.save(other, { y: tf.zeros([2]) });
    scope.statistics['mean'] = tf.zeros([1]);
    expect(scope.read(owner)['x']).toBe(x);
    scope.free(owner);
    scope.free(owner);
    expect(x.isDisposed).toBe(true);
    expect(() => scope.read(owner)).toThrow('without a forward whose scope keeps');
    scope.dispose();
    expect(scope.statistics).toEqual({});
    expect(tf.memory().numTensors).toBe(0);
  });

  it('keeps nothing in inference', () => {
    const scope = createScope({ keeps: false });
    scope.save(owner, { x: tf.zeros([2]) });
    expect(tf.memory().numTensors).toBe(0);
    expect(() => scope.read(owner)).toThrow('without a forward whose scope keeps');
  });
});
