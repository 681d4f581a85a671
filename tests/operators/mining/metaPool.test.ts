import { describe, expect, it } from 'vitest';
import { metaPool, type MetaPool } from '../../../operators/mining/metaPool.ts';
import type { Sample } from '../../../pipeline/items.ts';

const SIZE = [2, 3] as const;
const D = 4;
const FACES = 5;

/** Candidate n as a source of five faces gives it: epoch after epoch another draw of each. */
const face = (n: number): Sample => ({
  epoch: Math.floor(n / FACES),
  position: n % FACES,
  index: (n * 3) % FACES,
  id: `face-${n}`,
  label: -1,
  pixels: new Uint8Array(18).fill(n),
  size: SIZE,
  variation: n % 2 === 0 ? { blur: n % 4, pose: 3 } : {},
});
const made = (n: number): Float32Array => new Float32Array(D).fill(n + 0.5);
const make = (more = {}): MetaPool => metaPool({ faces: FACES, draws: 2, size: SIZE, dimension: D, seed: 9, ...more });
const put = (pool: MetaPool, from: number, end: number): number[] => {
  const faces = Array.from({ length: end - from }, (_, i) => face(from + i));
  return [...pool.put(faces, Float32Array.from(faces.flatMap((_, i) => [...made(from + i)])))];
};

describe('metaPool', () => {
  it('has as many slots as there are draws, up to its most', () => {
    expect([make().slots, make({ most: 7 }).slots, make({ faces: 5000 }).slots]).toEqual([10, 7, 8192]);
  });

  it('fills its slots in order, then replaces each once in a keyed order before any again', () => {
    const pool = make();
    expect(put(pool, 0, 7)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect([pool.filled, pool.taken]).toEqual([7, 7]);
    put(pool, 7, 10);
    const rounds = [put(pool, 10, 20), put(pool, 20, 30)];
    for (const round of rounds) {
      expect(round.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(round).not.toEqual(round.toSorted((a, b) => a - b));
    }
    expect(rounds[0]).not.toEqual(rounds[1]);
    expect([pool.filled, pool.taken]).toEqual([10, 30]);
    const again = make();
    for (let n = 0; n < 30; n += 3) put(again, n, n + 3);
    expect(again.state.save()).toEqual(pool.state.save());
    const other = make({ seed: 10 });
    put(other, 0, 10);
    expect(put(other, 10, 20)).not.toEqual(rounds[0]);
  });

  it('keeps of each face its pixels, labels, draw and embedding together', () => {
    const pool = make();
    put(pool, 0, 10);
    const slots = put(pool, 10, 14);
    for (const [i, slot] of slots.entries()) {
      const { epoch, position, index, variation } = face(10 + i);
      expect(pool.key(slot)).toEqual({ epoch, position, index });
      expect(pool.pixels(Int32Array.of(slot))).toEqual(new Uint8Array(18).fill(10 + i));
      expect(pool.embeddings.slice(slot * D, (slot + 1) * D)).toEqual(made(10 + i));
      expect([pool.variation.blur[slot], pool.variation.pose[slot]]).toEqual([variation?.blur ?? -1, variation?.pose ?? -1]); // prettier-ignore
      expect(pool.variation.ethnicity[slot]).toBe(-1);
    }
    pool.refresh(Int32Array.of(slots[1]!), made(99));
    expect(pool.embeddings.slice(slots[1]! * D, (slots[1]! + 1) * D)).toEqual(made(99));
    expect(pool.embeddings.slice(slots[0]! * D, (slots[0]! + 1) * D)).toEqual(made(10));
  });

  it('goes on from its state bit for bit once its pixels are restored', () => {
    const pool = make();
    put(pool, 0, 10);
    put(pool, 10, 17);
    pool.refresh(Int32Array.of(3), made(50));
    const resumed = make();
    resumed.state.load(pool.state.save());
    expect(() => resumed.pixels(Int32Array.of(0))).toThrow('metaPool: slot 0 has no pixels');
    const missing = resumed.missing();
    expect(missing).toEqual(Array.from({ length: 10 }, (_, slot) => pool.key(slot)));
    const again = missing.map(({ epoch, position }) => face(epoch * FACES + position));
    resumed.restore(again.slice(4));
    expect(resumed.missing()).toHaveLength(4);
    resumed.restore(again.slice(0, 4).toReversed());
    expect(resumed.missing()).toEqual([]);
    for (const one of [pool, resumed]) put(one, 17, 23);
    const all = Int32Array.from({ length: 10 }, (_, slot) => slot);
    expect(resumed.pixels(all)).toEqual(pool.pixels(all));
    expect(resumed.state.save()).toEqual(pool.state.save());
    expect(Object.keys(pool.state.save())).toEqual(['pool.embeddings', 'pool.indices', 'pool.draws', 'pool.positions', 'pool.labels', 'pool.taken']); // prettier-ignore
  });

  it('resumes also while it is being filled', () => {
    const [pool, resumed] = [make(), make()];
    put(pool, 0, 4);
    resumed.state.load(pool.state.save());
    resumed.restore([0, 1, 2, 3].map(face));
    for (const one of [pool, resumed]) expect(put(one, 4, 6)).toEqual([4, 5]);
    expect(resumed.state.save()).toEqual(pool.state.save());
  });

  it('refuses what is not what the checkpoint had', () => {
    const [pool, resumed] = [make(), make()];
    put(pool, 0, 4);
    resumed.state.load(pool.state.save());
    expect(() => resumed.restore([face(6)])).toThrow("no slot misses 'face-6', image 3 at position 1 of epoch 1");
    expect(() => resumed.restore([{ ...face(2), variation: { blur: 1, pose: 3 } }])).toThrow(
      "metaPool: 'face-2' had the blur label 2 when the checkpoint was written and has 1 now: data or augmentations are others",
    );
    expect(() => make({ draws: 1 }).state.load(pool.state.save())).toThrow(
      'pool.embeddings: expected shape [5, 4], received [10, 4]',
    );
    expect(() => pool.put([{ ...face(0), pixels: new Uint8Array(3) }], made(0))).toThrow('metaPool at face-0: expected shape [2, 3, 3], received [3]'); // prettier-ignore
    expect(() => pool.put([face(0)], new Float32Array(3))).toThrow('metaPool: expected shape [1, 4] embeddings, received [3]'); // prettier-ignore
    expect(() => pool.pixels(Int32Array.of(9))).toThrow('slot 9 has no pixels');
    expect(() => make({ draws: 0 })).toThrow('metaPool: draws must be a whole number of at least 1, received 0');
  });
});
