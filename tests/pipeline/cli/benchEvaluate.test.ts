import { expect, it } from 'vitest';
import { benchCommand } from '../../../pipeline/cli/bench.ts';
import { commandLine } from '../../fixtures/commandLine.ts';

const rxface = (...args: string[]) => commandLine(benchCommand, 'bench', ...args);

it('measures the scoring of pairs', async () => {
  const small = ['--pairs', '20', '--dimension', '4', '--rounds', '1', '--no-peer', '--json'];
  const { code, out } = await rxface('evaluate', ...small);
  expect(code).toBe(0);
  expect(JSON.parse(out[0]!).results[0]).toMatchObject({ benchmark: 'evaluate', unit: 'pairs a second' });
});

it('measures the scoring of IJB, and refuses too few templates', async () => {
  const small = ['--images', '300', '--templates', '40', '--genuine', '30', '--impostors', '90', '--dimension', '8'];
  const { code, out, err } = await rxface('ijb', ...small, '--no-peer');
  expect(code).toBe(0);
  expect(err.filter((line) => line.startsWith('round'))).toHaveLength(1);
  expect(out.join('\n')).toMatch(
    /^ijb: seconds, .*\n120 trials, 40 templates, 300 x 8 +[\d.]+ .*\nijb: peak resident MB, .*\n120 trials.* \d+ /,
  );
  const few = await rxface('ijb', '--templates', '3');
  expect([few.code, few.err.join()]).toEqual([2, expect.stringContaining('must be a whole number of at least 20')]);
});
