import { describe, expect, it } from 'vitest';
import { moments } from '../../../operators/maths/moments.ts';

describe('moments', () => {
  it('divides by n, not n - 1', () => {
    expect(moments([1, 3])).toEqual({ mean: 2, std: 1 });
    expect(moments([0.25])).toEqual({ mean: 0.25, std: 0 });
    expect(moments([]).mean).toBeNaN();
  });
});
