import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { normStats, type NormStats } from '../../../operators/margins/normStats.ts';
import type { Embeddings } from '../../../pipeline/items.ts';
import { stageContract } from '../../contracts/stage.ts';

/** Embeddings [norm, 0]. */
function batch(...norms: number[]): Embeddings {
  return {
    epoch: 0,
    values: Float32Array.from(norms.flatMap((n) => [n, 0])),
    dimension: 2,
    labels: new Int32Array(norms.length),
    ids: norms.map(String),
    keys: norms.map((_, i) => ({ epoch: 0, position: i, index: i })),
  };
}

/** What one plain run gives. */
function outputs(batches: Embeddings[]): NormStats[] {
  const given: NormStats[] = [];
  void from(batches)
    .pipe(normStats())
    .subscribe((item) => given.push(item));
  return given;
}

const collect = (stage: ReturnType<typeof normStats>, ...batches: Embeddings[]) =>
  lastValueFrom(from(batches).pipe(stage, toArray()));

describe('normStats', () => {
  it('takes a batch in before it judges it by the result', async () => {
    const [first, second] = await collect(normStats(), batch(5, 15, 25, 160), batch(5, 15, 25, 160));
    expect([...first!.norms]).toEqual([5, 15, 25, 100]);
    expect(first!.mean).toBeCloseTo(20.1625, 6);
    expect(first!.std).toBeCloseTo(99.43277, 4);
    [-0.05077865, -0.01728902, 0.01620061, 0.26737285].forEach((q, i) => expect(first!.quality[i]).toBeCloseTo(q, 6));
    expect(second!.mean).toBeCloseTo(20.323374, 5);
    expect(second!.std).toBeCloseTo(98.871216, 4);
  });

  it('keeps the deviation where a batch of one has none', async () => {
    const [only] = await collect(normStats({ emaMomentum: 0 }), batch(30));
    expect(only).toMatchObject({ mean: 30, std: 100 });
    expect(only!.quality[0]).toBe(0);
  });

  it('clips quality to [-1, 1]', async () => {
    const [only] = await collect(normStats({ emaMomentum: 0, h: 10 }), batch(1, 9));
    expect([...only!.quality]).toEqual([-1, 1]);
  });

  it('goes on from its saved state', async () => {
    const first = normStats();
    await collect(first, batch(1, 2, 3));
    const second = normStats();
    second.state!.load(first.state!.save());
    const [, expected] = await collect(normStats(), batch(1, 2, 3), batch(4, 9));
    expect(await collect(second, batch(4, 9))).toEqual([expected]);
  });

  const inputs = [batch(5, 15, 25, 160), batch(30), batch(1, 2)];
  for (const check of stageContract({
    stage: normStats,
    inputs,
    outputs: outputs(inputs),
    single: outputs(inputs.slice(0, 1)),
  })) {
    it(check.name, check.run);
  }

  it('refuses options outside their bounds', () => {
    expect(() => normStats({ emaMomentum: 1.2 })).toThrow('normStats: emaMomentum must be in [0, 1], received 1.2');
    expect(() => normStats({ h: -1 })).toThrow('normStats: h must be at least 0, received -1');
  });
});
