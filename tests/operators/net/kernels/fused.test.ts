import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Fused } from '../../../../operators/net/kernels/fused.ts';
import { biasedSum } from '../../../../operators/net/kernels/biasedSum.ts';
import { biasPrelu } from '../../../../operators/net/kernels/biasPrelu.ts';
import { prelu } from '../../../../operators/net/kernels/prelu.ts';
import { preluGrad, preluInputGrad } from '../../../../operators/net/kernels/preluGrad.ts';
import { nativeBackend, startEngine } from '../../../../pipeline/engine/load.ts';
import { near } from '../../../contracts/layer.ts';

let processor = true;
beforeAll(async () => {
  processor = (await startEngine()).backend === 'native' && !nativeBackend().isUsingGpuDevice;
});
beforeEach(({ skip }) => {
  if (!processor) skip('needs the native engine on a processor');
});

/** x - y and that times v. */
const difference = (): Fused =>
  new Fused('test-difference', {
    maps: ['x', 'y'],
    vector: 'v',
    nodes: [
      { name: 'd', op: 'Sub', inputs: ['x', 'y'] },
      { name: 's', op: 'Mul', inputs: ['d:z:0', 'v'] },
    ],
    outputs: ['d:z:0', 's:z:0'],
  });

const half = (t: tf.Tensor4D, at: number): tf.Tensor4D => tf.slice(t, [16 * at, 0, 0, 0], [16, -1, -1, -1]);
const same = (p: tf.Tensor, q: tf.Tensor): void => expect(tf.max(tf.abs(tf.sub(p, q))).dataSync()[0]).toBe(0);

// Too small to be fused.
const parts = (t: tf.Tensor4D): tf.Tensor4D[] => [0, 1].flatMap((at) => tf.split(half(t, at), 16, 1));

describe('fused', () => {
  it('runs a chain over big maps, a vector along their last axis, and leaves no tensor', () => {
    const [x, y] = [
      tf.randomNormal([16, 64, 64, 16], 0, 1, 'float32', 1),
      tf.randomNormal([16, 64, 64, 16], 0, 1, 'float32', 2),
    ];
    const v = tf.randomNormal([16], 0, 1, 'float32', 3);
    const before = tf.memory().numTensors;
    const chain = difference();
    const outs = chain.run([x, y], v)!;
    expect(outs.map((out) => out.shape)).toEqual([x.shape, x.shape]);
    tf.tidy(() => {
      expect(tf.max(tf.abs(tf.sub(outs[0]!, tf.sub(x, y)))).dataSync()[0]).toBe(0);
      expect(tf.max(tf.abs(tf.sub(outs[1]!, tf.mul(tf.sub(x, y), v)))).dataSync()[0]).toBe(0);
    });
    tf.dispose(outs);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([x, y, v]);
  });

  it('leaves small maps, and what cannot be compiled, to the plain operations', () => {
    const [x, v] = [tf.zeros([2, 8, 8, 16]), tf.zeros([16])];
    expect(difference().run([x, x], v)).toBeNull();
    const big = tf.zeros([16, 64, 64, 16]);
    const unknown = new Fused('test-unknown', {
      maps: ['x'],
      vector: 'v',
      nodes: [{ name: 'n', op: 'NoSuchOperation', inputs: ['x', 'v'] }],
      outputs: ['n:z:0'],
    });
    expect(unknown.run([big], v)).toBeNull();
    expect(unknown.run([big], v)).toBeNull();
    tf.dispose([x, v, big]);
  });

  it.for([16, 128, 192])('prelu of %i channels is the same to the last bit, whichever way it runs', (channels) => {
    const shape: [number, number, number, number] = [32, 32, 64, channels];
    const x = tf.randomNormal<tf.Rank.R4>(shape, 0, 1, 'float32', 1);
    const dy = tf.randomNormal<tf.Rank.R4>(shape, 0, 1, 'float32', 2);
    const a = tf.randomUniform([channels], -0.5, 1.5, 'float32', 3);
    expect(x.size).toBeGreaterThanOrEqual(1 << 20); // fused
    tf.tidy(() => {
      const [xs, dys] = [parts(x), parts(dy)];
      const joined = (f: (x: tf.Tensor4D, dy: tf.Tensor4D) => tf.Tensor): tf.Tensor => {
        const all = xs.map((part, i) => f(part, dys[i]!) as tf.Tensor4D);
        return tf.concat([tf.concat(all.slice(0, 16), 1), tf.concat(all.slice(16), 1)], 0);
      };
      same(
        prelu(x, a),
        joined((part) => prelu(part, a)),
      );
      same(
        preluInputGrad(dy, x, a),
        joined((part, d) => preluInputGrad(d, part, a)),
      );
      const whole = preluGrad(dy, x, a);
      same(
        whole.dx,
        joined((part, d) => preluGrad(d, part, a).dx),
      );
      const da = xs.map((part, i) => preluGrad(dys[i]!, part, a).da).reduce((p, q) => tf.add(p, q));
      near(whole.da.dataSync<'float32'>(), da.dataSync<'float32'>(), 1e-5);
    });
    tf.dispose([x, dy, a]);
  });

  it.for([16, 192])('takes vectors of two lengths: a bias a place and a slope a channel, of %i', (channels) => {
    const shape: [number, number, number, number] = [32, 32, 64, channels];
    const x = tf.randomNormal<tf.Rank.R4>(shape, 0, 1, 'float32', 1);
    const y = tf.randomNormal<tf.Rank.R4>(shape, 0, 1, 'float32', 2);
    const places = tf.randomNormal([32 * 64 * channels], 0, 1, 'float32', 3);
    const [bias, a] = [tf.randomNormal([channels], 0, 1, 'float32', 4), tf.randomUniform([channels], -0.5, 1.5)];
    tf.tidy(() => {
      same(biasPrelu(x, places, a), prelu(tf.add(x, tf.reshape(places, shape.slice(1))), a));
      same(biasPrelu(x, bias, a), prelu(tf.add(x, bias), a));
      same(biasedSum(x, y, bias), tf.add(tf.add(x, y), bias));
    });
    tf.dispose([x, y, places, bias, a]);
  });
});
