import { expect, test } from 'vitest';
import { linkCosts } from '../../../../pipeline/cli/bench/links.ts';

test('times a hop of every way to pass items on, and sees to it that all arrive', async () => {
  const rows = await linkCosts({ items: 500, stages: 2, rounds: 1 });
  expect(rows.map(({ way, bounded }) => [way, bounded])).toEqual([
    ['rxface, links of 16', true],
    ['rxface, links of 256', true],
    ['RxJS alone, map behind map', false],
    ['async generators, one in another', true],
    ['Node streams of objects, highWaterMark 16', true],
    ['Node streams of objects, highWaterMark 256', true],
  ]);
  for (const { nanosecondsPerHop } of rows) expect(nanosecondsPerHop.min).toBeGreaterThan(0);
});
