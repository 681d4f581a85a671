import { expect, it } from 'vitest';
import { graph } from '../../pipeline/graph.ts';
import { run } from '../../pipeline/run.ts';
import { toEach } from '../../sinks/each.ts';
import { listSource } from '../contracts/doubles.ts';

it('gives every item to the function, in order', async () => {
  const seen: number[] = [];
  await run(
    graph('numbers')
      .source('numbers', listSource([1, 2, 3]))
      .sink(
        'seen',
        toEach((n) => void seen.push(n)),
      ),
  );
  expect(seen).toEqual([1, 2, 3]);
});

it('ends the run with what the function throws', async () => {
  const broken = toEach(() => {
    throw new Error('no more room');
  });
  await expect(
    run(
      graph('numbers')
        .source('numbers', listSource([1]))
        .sink('broken', broken),
    ),
  ).rejects.toThrow('no more room');
});
