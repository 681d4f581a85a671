import fc from 'fast-check';
import { startEngine } from '../../pipeline/engine/load.ts';
import type { Proof, Proven } from './prove.ts';
import { showSpine, type Shown } from './spine.ts';
import { plan } from './spinePlan.ts';

/** What a seed gives stays; RXFACE_TEST_SEED explores others. */
const SEED = Number(process.env['RXFACE_TEST_SEED'] ?? 20261124);

/** The long form of spine.test.ts: a thousand random graphs. */
export const spineProof: Proof = {
  claim:
    'Random graphs of 2 to 8 stages and junctions with random capacities, speeds, failures and cancellations: peak in flight ' +
    'within the bound, every item accounted for once, order kept, the same at any speed, nothing left behind; a diamond that ' +
    'might wait for ever is refused before anything runs.',
  run: (say) => randomGraphs(1000, say),
};

/** Runs so many random graphs. A graph that breaks a promise is shrunk to the least one that does, and told with its seed. */
export async function randomGraphs(count: number, say: (line: string) => void): Promise<Proven> {
  await startEngine({ want: 'cpu' });
  const shown: Shown[] = [];
  const watched = fc.asyncProperty(plan, async (one) => {
    shown.push(await showSpine(one));
    if (shown.length % 100 === 0) say(`${shown.length} graphs`);
  });
  const found = await fc.check(watched, { numRuns: count, seed: SEED });
  if (found.failed) say(`${fc.defaultReportMessage(found)}\n${String(found.errorInstance)}`);
  const ends = (['complete', 'early', 'failed', 'aborted', 'refused'] as const).map(
    (end) => `${shown.filter((one) => one.end === end).length} ${end}`,
  );
  const used = shown.filter(({ end }) => end !== 'refused').map((one) => one.used);
  return {
    findings: [
      { what: 'random graphs that kept every promise', expected: count, measured: found.failed ? found.numRuns - 1 : shown.length, sigma: 0 }, // prettier-ignore
    ],
    notes: [
      `how they ended: ${ends.join(', ')}`,
      `${shown.reduce((sum, { items }) => sum + items, 0)} items; of the bound at most ${Math.round(100 * Math.max(...used))} % was in flight, on average ${Math.round((100 * used.reduce((a, b) => a + b, 0)) / used.length)} %`,
    ],
  };
}
