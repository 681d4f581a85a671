import { describe, expect, it } from 'vitest';
import { headOf } from '../../../sources/draw/head.ts';
import { identityOf } from '../../../sources/draw/identity.ts';

const { measures } = identityOf(5, 1);
const seen = (yaw: number, pitch = 0) => headOf(measures, { yaw, pitch });

describe('head', () => {
  it('is the same on both sides when seen from the front', () => {
    const head = seen(0);
    for (const y of [-1, -0.4, 0, 0.5, 1, 1.3]) {
      expect(head.edge(y, 1)[0]).toBeCloseTo(-head.edge(y, -1)[0]);
      expect(head.edge(y, 1)[1]).toBeCloseTo(head.edge(y, -1)[1]);
      expect(head.at(0.3, y)[0]).toBeCloseTo(-head.at(-0.3, y)[0]);
    }
  });

  it('has an edge that nothing on its front passes, however it turns', () => {
    for (const yaw of [-1, -0.5, 0, 0.7]) {
      const head = seen(yaw);
      for (const y of [-0.8, 0, 0.6, 1.1])
        for (let x = -1; x <= 1; x += 0.1) {
          const [across] = head.at(x * head.width(y), y);
          expect(across).toBeLessThanOrEqual(head.edge(y, 1)[0] + 0.02);
          expect(across).toBeGreaterThanOrEqual(head.edge(y, -1)[0] - 0.02);
        }
    }
  });

  it('narrows and hides the side it turns away', () => {
    const head = seen(0.9);
    expect(head.facing(-0.45, 0)).toBeGreaterThan(head.facing(0.45, 0));
    expect(seen(1.4).facing(0.6, 0)).toBeLessThan(0);
    expect(seen(0).facing(0, 0)).toBeGreaterThan(0.9);
  });

  it('looks up for a positive pitch, to the right for a positive yaw', () => {
    expect(seen(0, 0.3).at(0, 0.5, 0.3)[1]).toBeLessThan(seen(0).at(0, 0.5, 0.3)[1]);
    expect(seen(0.3).at(0, 0.5, 0.3)[0]).toBeGreaterThan(seen(0).at(0, 0.5, 0.3)[0]);
  });

  it('keeps what goes round it on the seen side', () => {
    const head = seen(0.8);
    expect(head.around(0, 0)).toEqual(head.edge(0, 1));
    expect(head.around(0, 1)[0]).toBeGreaterThan(head.edge(0, -1)[0]);
  });
});
