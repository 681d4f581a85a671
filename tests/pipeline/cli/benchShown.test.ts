import { expect, it } from 'vitest';
import { shown, withPeer } from '../../../pipeline/cli/benchShown.ts';
import type { Result } from '../../../pipeline/cli/bench/result.ts';
import type { Command } from '../../../pipeline/cli/program.ts';
import { commandLine } from '../../fixtures/commandLine.ts';

const result = (work: string): Result => ({ benchmark: 'try', work, unit: 'seconds', median: 1, min: 1, max: 1, peers: [] }); // prettier-ignore

function trying(program: Command): void {
  withPeer(program.command('try'))
    .option('--json')
    .action(({ json, peer }: { json?: boolean; peer?: string | false }) =>
      shown(json, async (done) => {
        const first = result(`peer ${String(peer)}`);
        done([first]);
        return [first, result('last')];
      }),
    );
}

it('shows every result once, and then where it was measured', async () => {
  const { out } = await commandLine(trying, 'try', '--no-peer');
  expect(out.filter((line) => line.startsWith('peer false'))).toHaveLength(1);
  expect(out.filter((line) => line.startsWith('last'))).toHaveLength(1);
  expect(out.at(-1)).toContain(`Node ${process.versions.node}`);
});

it('prints one object of all', async () => {
  const { out } = await commandLine(trying, 'try', '--peer', 'mine', '--json');
  expect(out).toHaveLength(1);
  const { machine, results } = JSON.parse(out[0]!);
  expect(machine.node).toBe(process.versions.node);
  expect(results.map(({ work }: Result) => work)).toEqual(['peer mine', 'last']);
});
