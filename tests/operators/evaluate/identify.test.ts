import { describe, expect, it } from 'vitest';
import { closedSetRanks, legacyIdentification, openSet, rankOfMate, within, type People } from '../../../operators/evaluate/identify.ts'; // prettier-ignore

/** Unit vectors in the plane, by their angles in degrees. */
const at = (...faces: [angle: number, person: number][]): People => ({
  values: Float64Array.from(faces.flatMap(([angle]) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)])), // prettier-ignore
  dimension: 2,
  people: Int32Array.from(faces, ([, person]) => person),
});

describe('rankOfMate', () => {
  const products = Float64Array.of(0.5, 0.9, 0.5, 0.5);
  it('breaks ties by the gallery index', () => {
    expect(rankOfMate(products, (j) => j === 2, 'larger')).toBe(3);
    expect(rankOfMate(products, (j) => j === 2, 'smaller')).toBe(3);
    expect(rankOfMate(products, (j) => j === 0, 'larger')).toBe(4);
    expect(rankOfMate(products, (j) => j === 0, 'smaller')).toBe(2);
  });
  it('takes the best of several mates, and says 0 for none', () => {
    expect(rankOfMate(products, (j) => j !== 1, 'larger')).toBe(2);
    expect(rankOfMate(products, (j) => j < 2, 'larger')).toBe(1);
    expect(rankOfMate(products, () => false, 'larger')).toBe(0);
  });
});

describe('identification', () => {
  const gallery = at([0, 1], [40, 2], [90, 3]);

  it('ranks probes that have a mate', () => {
    expect(closedSetRanks(at([10, 1], [10, 3], [10, 9]), gallery)).toEqual([1, 3]);
    expect(within([1, 3, 0], [1, 2, 3])).toEqual([1, 1, 2]);
  });

  it('counts mates above the best stranger and above all others', () => {
    // The strangers reach cos 20 and cos 5; the mates cos 2, cos 10 and, below another, cos 30.
    const probes = at([2, 1], [50, 2], [60, 3], [-20, 8], [45, 9]);
    expect(openSet(probes, gallery, [0.01, 1])).toEqual({ ranks: [1, 1, 2], tpir: [1 / 3, 2 / 3] });
    expect(() => openSet(at([2, 1]), gallery, [0.1])).toThrow('a gallery has 1 and 0');
  });

  it('counts as the older script does, whatever the rank', () => {
    // Non-mate scores, descending: cos 20, cos 38, cos 40, ...; the threshold at FAR 0.5 is the ceil(1.5) = 2nd.
    const probes = at([2, 1], [40, 2], [60, 3]);
    expect(legacyIdentification(probes, gallery, [0.5])).toEqual({ ranks: [1, 1, 2], recall: [1] });
    expect(legacyIdentification(probes, gallery, [0.3])).toMatchObject({ recall: [2 / 3] });
    expect(() => legacyIdentification(at([2, 7]), gallery, [0.1])).toThrow('subject 7 has none');
    expect(() => legacyIdentification(at([2, 1]), at([0, 1], [3, 1]), [0.1])).toThrow('subject 1 has more');
  });
});
