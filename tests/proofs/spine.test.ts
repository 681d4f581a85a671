import { expect, test } from 'vitest';
import { holds } from './finding.ts';
import { randomGraphs } from './spineProof.ts';

test('random graphs keep bound, order and items, however they end, and leave nothing behind', async () => {
  const said: string[] = [];
  const { findings, notes } = await randomGraphs(Number(process.env['RXFACE_TEST_GRAPHS'] ?? 60), (line) => said.push(line)); // prettier-ignore
  expect(findings.filter((finding) => !holds(finding)), said.join('\n')).toEqual([]); // prettier-ignore
  // Every way to end is among them.
  expect(notes![0]).not.toMatch(/\b0 /);
});
