import { expect, it } from 'vitest';
import { largest } from '../../../operators/maths/largest.ts';

it('keeps the k largest, equal ones too, however many come', () => {
  for (const k of [1, 3, 50, 5000]) {
    const values = Array.from({ length: 1000 }, (_, i) => (i * 7919) % 211);
    const kept = largest(k);
    for (const value of values) kept.add(value);
    expect([...kept.all()]).toEqual(values.toSorted((a, b) => b - a).slice(0, k));
  }
});
