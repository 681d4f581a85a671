import { describe, expect, it } from 'vitest';
import { roc } from '../../../operators/maths/roc.ts';
import { tarAtFar } from '../../../operators/maths/tarAtFar.ts';
import { tarAtFars } from '../../../operators/maths/tarAtFars.ts';

const of = (genuine: number[], impostors: number[]): Parameters<typeof tarAtFars>[0] => ({
  genuine: Float64Array.from(genuine).toSorted(),
  impostors: Float64Array.from(impostors).toSorted(),
});

describe('tarAtFars', () => {
  it('never exceeds the FAR with atMost, as tarAtFar does not', () => {
    const genuine = Array.from({ length: 40 }, (_, i) => ((i * 37) % 50) / 50);
    const impostors = Array.from({ length: 60 }, (_, i) => ((i * 29) % 40) / 60);
    const curve = roc([...genuine, ...impostors], [...genuine.map(() => 1), ...impostors.map(() => 0)]);
    for (const far of [0, 0.01, 0.05, 0.3, 1]) {
      const [point] = tarAtFars(of(genuine, impostors), [far], 'atMost');
      expect(point!.tar).toBe(tarAtFar(curve, far));
      expect(point!.far).toBeLessThanOrEqual(far);
    }
  });

  it('takes the nearest point, above the target too; of equally near ones the larger FAR, then the larger TAR', () => {
    const scores = of([0.95, 0.75, 0.6], [0.9, 0.8, 0.7, 0.5]);
    expect(tarAtFars(scores, [0.4], 'nearest')[0]).toMatchObject({ far: 0.5, tar: 2 / 3 });
    // Points at 0.5 and 0.75 both have a TAR of their own; 0.625 lies between them.
    expect(tarAtFars(scores, [0.625], 'nearest')[0]).toMatchObject({ far: 0.75 });
    expect(tarAtFars(scores, [0], 'nearest')[0]).toEqual({ far: 0, tar: 1 / 3, threshold: 0.95 });
  });

  it("leaves out what scikit-learn's curve drops, with nearest only", () => {
    // Impostors alone from 0.9 down: the points between are in line, and dropped.
    const scores = of([0.95, 0.1], [0.9, 0.8, 0.7, 0.6, 0.5]);
    expect(tarAtFars(scores, [0.4], 'nearest')[0]!.far).toBe(0);
    expect(tarAtFars(scores, [0.6], 'nearest')[0]!.far).toBe(1);
    expect(tarAtFars(scores, [0.4], 'atMost')[0]!.far).toBe(0.4);
  });

  it('accepts nobody where the best score of all is an impostor', () => {
    expect(tarAtFars(of([0.5], [0.9, 0.1]), [0.1], 'atMost')[0]).toEqual({ far: 0, tar: 0, threshold: Infinity });
  });

  it('wants both kinds', () => {
    expect(() => tarAtFars(of([], [0.1]), [0.1], 'nearest')).toThrow('0 genuine and 1 impostor scores');
  });
});
