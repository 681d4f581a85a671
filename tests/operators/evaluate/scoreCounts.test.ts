import { expect, it } from 'vitest';
import { scoreCounts } from '../../../operators/evaluate/scoreCounts.ts';

it('reads TAR off counts, to the width of a bin', () => {
  const counts = scoreCounts();
  expect(counts.tarAt(0.1)).toBeUndefined();
  for (let i = 0; i < 100; i++) {
    counts.add(i / 100 - 0.5, false); // -0.5 to 0.49
    counts.add(i / 100, true);
  }
  expect(counts.tarAt(0)).toBe(0.5); // 0.5 and more
  expect(counts.tarAt(0.1)).toBe(0.6);
  expect(counts.tarAt(1)).toBe(1);
});

it('takes cosines that rounding brought beyond 1', () => {
  const counts = scoreCounts();
  counts.add(1 + 1e-15, true);
  counts.add(-1 - 1e-15, false);
  expect(counts.tarAt(0)).toBe(1);
});
