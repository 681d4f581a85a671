import { expect, test } from 'vitest';
import type { Sample } from '../../pipeline/items.ts';
import { augmentStatistics } from './augment.ts';
import { holds } from './finding.ts';

/** One ramp instead of faces, at positions that the long proof does not come to: nothing that is drawn depends on the image. */
function* ramps(count: number, first = 10_000): Generator<Sample[]> {
  const size = [112, 112] as const;
  const pixels = new Uint8Array(112 * 112 * 3).map((_, i) => i % 251);
  for (let i = first; i < first + count; i++)
    yield [{ epoch: 0, position: i, index: i, id: `${i}`, label: 0, pixels, size }];
}

test('prepare draws as AdaFace does, within three standard deviations of 2,000 faces', async () => {
  const findings = await augmentStatistics(ramps(2000));
  expect(findings.length).toBeGreaterThan(60);
  expect(findings.filter((finding) => !holds(finding))).toEqual([]);
});
