import {
  add,
  dispose,
  div,
  gather,
  grads,
  logSoftmax,
  matMul,
  mean,
  memory,
  mul,
  neg,
  norm,
  oneHot,
  reshape,
  sum,
  tensor1d,
  tensor2d,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { variationClassifier, type VariationClassifier } from '../../../operators/variation/classifier.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { closeTo, dot, step, wave } from '../../contracts/numbers.ts';

const [N, D] = [6, 9];
const LABELS = Int32Array.of(3, -1, 0, 6, -1, 3);
const make = (more = {}): VariationClassifier =>
  variationClassifier({ factor: 'pose', dimension: D, seed: 3, ...more });
const faces = (values: Float32Array = wave(N * D, 0.7).map((x) => 5 * x)): Tensor2D => tensor2d(values, [N, D]);

/** The mean cross entropy of the labelled rows, in stock ops. */
function plain(e: Tensor, weight: Tensor, bias: Tensor, raw: boolean): Scalar {
  const rows = tensor1d([...LABELS.keys()].filter((i) => LABELS[i]! >= 0), 'int32'); // prettier-ignore
  const f = raw ? e : div(e, norm(e, 2, 1, true));
  const logits = add(mul(matMul(gather(f, rows) as Tensor2D, weight as Tensor2D, false, true), raw ? 1 : 16), bias);
  const own = oneHot(tensor1d(LABELS.filter((label) => label >= 0), 'int32'), 7); // prettier-ignore
  return neg(mean(sum(mul(logSoftmax(logits), own), 1)));
}

describe.each(['native', 'wasm', 'cpu'] as const)('the variation classifier on %s', (backend) => {
  beforeAll(async () => void (await startEngine({ want: backend })));

  it.each(['unit', 'raw'] as const)(
    'has the loss and gradient of stock ops over the labelled, of %s embeddings',
    async (features) => {
      const pose = make({ features });
      const e = faces();
      const { weight, bias } = pose.params;
      const { loss, dEmbedding, labelled } = pose.loss(e, LABELS);
      const [value, gradient] = [loss.dataSync(), dEmbedding.dataSync()];
      // The oracle is the slow backend with its autodiff.
      const given = [e, weight, bias].map((t) => ({ data: t.dataSync().slice(), shape: t.shape }));
      await startEngine({ want: 'cpu' });
      const oracle = tidy(() => {
        const [x, w, b] = given.map(({ data, shape }) => reshape(tensor1d(data), shape)) as [Tensor, Tensor, Tensor];
        const [dx] = grads((z: Tensor) => plain(z, w, b, features === 'raw'))([x]);
        return { loss: plain(x, w, b, features === 'raw').dataSync(), dx: dx!.dataSync() };
      });
      closeTo(value, oracle.loss, 1e-5);
      closeTo(gradient, oracle.dx, 2e-5);
      expect(labelled).toBe(4);
      // Rows without a label say nothing.
      for (const row of [1, 4]) expect(gradient.slice(row * D, (row + 1) * D).every((x) => x === 0)).toBe(true);
      await startEngine({ want: backend });
      dispose([e, loss, dEmbedding]);
      pose.dispose();
    },
  );

  it('agrees with differences of its own loss, and leaves nothing behind', () => {
    const before = memory().numTensors;
    const pose = make();
    const [values, along] = [wave(N * D, 0.7), wave(N * D, 1.3)];
    const at = (h: number): number => tidy(() => pose.loss(faces(step(values, along, h)), LABELS).loss.dataSync()[0]!);
    const slope = tidy(() => dot(pose.loss(faces(values), LABELS).dEmbedding.dataSync(), along));
    expect((at(1e-2) - at(-1e-2)) / 2e-2).toBeCloseTo(slope, 2);
    pose.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('steps down the balanced loss, as autodiff would', async () => {
    const before = memory().numTensors;
    const pose = make();
    const e = faces();
    const first = pose.params.weight.dataSync().slice();
    const firstBias = pose.params.bias.dataSync().slice();
    const x = e.dataSync().slice();
    pose.update(e, LABELS, 0.05)!.dispose();
    const moved = pose.params.weight.dataSync().map((w, i) => (first[i]! - w) / 0.05); // prettier-ignore
    const movedBias = pose.params.bias.dataSync().map((b, i) => (firstBias[i]! - b) / 0.05);
    await startEngine({ want: 'cpu' });
    // Class 3 was met twice, 0 and 6 once: weights 1/2, 1, 1, 1/2 over their sum.
    const balanced = tensor1d([1 / 6, 1 / 3, 1 / 3, 1 / 6]);
    const [dw, db] = tidy(() => {
      const rows = tensor1d([0, 2, 3, 5], 'int32');
      const own = oneHot(tensor1d([3, 0, 6, 3], 'int32'), 7);
      const g = tensor2d(x, [N, D]);
      const loss = (w: Tensor, b: Tensor): Scalar => {
        const logits = add(
          mul(matMul(gather(div(g, norm(g, 2, 1, true)), rows) as Tensor2D, w as Tensor2D, false, true), 16),
          b,
        );
        return neg(sum(mul(sum(mul(logSoftmax(logits), own), 1), balanced)));
      };
      return grads(loss)([tensor2d(first, [7, D]), tensor1d(firstBias)]).map((t) => t.dataSync());
    });
    closeTo(moved, dw!, 1e-3);
    closeTo(movedBias, db!, 1e-3);
    balanced.dispose();
    await startEngine({ want: backend });
    e.dispose();
    pose.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

describe('the variation classifier', () => {
  beforeAll(async () => void (await startEngine()));

  it('learns a rare class beside a frequent one, where without balance it does not', () => {
    // Two clouds that overlap; 1 in 20 is of the rare one.
    const hits = (balance: 'reweight' | 'none'): number => {
      const blur = variationClassifier({ factor: 'blur', dimension: 2, seed: 1, scale: 2, balance });
      const noise = wave(40 * 300, 0.9);
      for (let i = 0; i < 300; i++) {
        const labels = Int32Array.from({ length: 20 }, (_, row) => (row === 0 ? 1 : 0));
        const e = tensor2d(
          Float32Array.from(
            [...labels].flatMap((label, row) => [1, (label === 1 ? 0.6 : 0) + 1.2 * noise[40 * i + row]!]),
          ),
          [20, 2],
        );
        blur.update(e, labels)?.dispose();
        e.dispose();
      }
      const rare = tensor2d([1, 0.6], [1, 2]);
      const logits = blur.logits(rare);
      const [common, own] = logits.dataSync();
      dispose([rare, logits]);
      blur.dispose();
      return own! - common!;
    };
    expect(hits('none')).toBeLessThan(0);
    expect(hits('reweight')).toBeGreaterThan(0);
  });

  it('is trained after its warm-up, and batches without its labels count for nothing', () => {
    const pose = make({ warmup: 2 });
    const e = faces();
    expect(pose.update(e, new Int32Array(N).fill(-1))).toBeUndefined();
    const { loss, dEmbedding, labelled } = pose.loss(e, new Int32Array(N).fill(-1));
    expect([loss.dataSync()[0], Math.max(...dEmbedding.dataSync().map(Math.abs)), labelled]).toEqual([0, 0, 0]);
    pose.update(e, LABELS)!.dispose();
    expect([pose.updates, pose.trained]).toEqual([1, false]);
    pose.update(e, LABELS)!.dispose();
    expect([pose.updates, pose.trained, [...pose.seen]]).toEqual([2, true, [2, 0, 0, 4, 0, 0, 2]]);
    dispose([e, loss, dEmbedding]);
    pose.dispose();
  });

  it('goes on from its state bit for bit', () => {
    const [one, two] = [make(), make({ seed: 4 })];
    const e = faces();
    one.update(e, LABELS)!.dispose();
    two.state.load(one.state.save());
    for (const pose of [one, two]) pose.update(e, LABELS)!.dispose();
    expect(two.state.save()).toEqual(one.state.save());
    expect(Object.keys(one.state.save())).toEqual(['pose.weight', 'pose.bias', 'pose.seen', 'pose.updates']);
    const { ['pose.bias']: _, ...less } = one.state.save();
    expect(() => two.state.load(less)).toThrow('pose.bias: expected shape [7], received []');
    e.dispose();
    one.dispose();
    two.dispose();
  });

  it('draws its first weights by seed and factor', () => {
    const weights = (factor: 'pose' | 'blur', seed: number): number => {
      const classifier = variationClassifier({ factor, dimension: D, seed });
      const [first] = classifier.params.weight.dataSync();
      classifier.dispose();
      return first!;
    };
    expect(new Set([weights('pose', 1), weights('pose', 2), weights('blur', 1)]).size).toBe(3);
    expect(weights('pose', 1)).toBe(weights('pose', 1));
  });

  it('refuses what does not fit', () => {
    const pose = make();
    const e = faces();
    expect(() => pose.loss(e, Int32Array.of(0))).toThrow("variation classifier 'pose': expected shape [6] labels, received [1]"); // prettier-ignore
    expect(() => pose.update(e, Int32Array.of(7, 0, 0, 0, 0, 0))).toThrow(
      "variation classifier 'pose': label must be -1 to 6, received 7",
    );
    expect(() => make({ dimension: 0 })).toThrow('variationClassifier: dimension must be a whole number above 0');
    expect(() => make({ scale: 0 })).toThrow('scale must be above 0, received 0');
    expect(() => make({ warmup: 0 })).toThrow('warmup must be a whole number of at least 1, received 0');
    e.dispose();
    pose.dispose();
  });
});
