import { expect, it } from 'vitest';
import { takeTurns } from '../../../../pipeline/cli/bench/turns.ts';

it('lets everybody do his turn in every round, us first', async () => {
  const order: string[] = [];
  const contender = (name: string, figures: number[]) => ({
    name,
    turn: () => {
      order.push(name);
      return Promise.resolve(figures.shift()!);
    },
  });
  const said: string[] = [];
  const turns = await takeTurns(contender('ours', [4, 9]), [contender('theirs', [2, 3])], {
    rounds: 2,
    unit: 'a second',
    say: (line) => said.push(line),
  });
  expect(order).toEqual(['ours', 'theirs', 'ours', 'theirs']);
  expect(turns).toMatchObject({ median: 6.5, min: 4, max: 9 });
  expect(turns.peers).toMatchObject([{ name: 'theirs', median: 2.5, ratio: { pairs: [2, 3], median: 2.5 } }]);
  expect(said).toEqual(['round 1: ours 4.000, theirs 2.000 a second', 'round 2: ours 9.000, theirs 3.000 a second']);
});
