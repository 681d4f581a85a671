import { expect, it } from 'vitest';
import { scoringRate } from '../../../../pipeline/cli/bench/evaluate.ts';
import { standIn } from '../../../fixtures/standIn.ts';

const small = { pairs: 40, dimension: 8, rounds: 2 };

it('scores pairs, in turns with a peer that is told as many', async () => {
  const result = await scoringRate({ ...small, peer: standIn('Peer $*', '"seconds": 2, "images": 80') }, () => {});
  expect(result).toMatchObject({
    benchmark: 'evaluate',
    work: '40 pairs of 8 numbers, 10 folds',
    unit: 'pairs a second',
  });
  expect(result.min).toBeGreaterThan(0);
  expect(result.peers).toMatchObject([{ name: 'Peer --pairs 40 --dimension 8', median: 40 }]);
});

it('does without', async () => {
  expect((await scoringRate({ ...small, peer: false }, () => {})).peers).toEqual([]);
});
