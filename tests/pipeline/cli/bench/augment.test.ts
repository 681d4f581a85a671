import { expect, test } from 'vitest';
import { augmentTimes } from '../../../../pipeline/cli/bench/augment.ts';

test('times every augmentation beside decode and placing, on drawn faces where none are given', async () => {
  const rows = await augmentTimes({ images: 4, rounds: 2 });
  const names = rows.map(({ work }) => work.trim());
  for (const name of [
    'prepare: decode and place',
    'flip',
    'crop',
    'rescale',
    'photometric',
    'blur',
    'occlude',
    'by kernel 15',
  ]) {
    expect(names).toContain(name);
  }
  for (const { millisecondsPerImage: ms } of rows) {
    expect(ms.min).toBeGreaterThan(0);
    expect(ms.median).toBeGreaterThanOrEqual(ms.min);
    expect(ms.max).toBeGreaterThanOrEqual(ms.median);
  }
});
