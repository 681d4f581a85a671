import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { reportCommand } from '../../../pipeline/cli/report.ts';
import { commandLine } from '../../fixtures/commandLine.ts';
import { drawnRun } from '../../fixtures/drawnRun.ts';

it('writes the report of a run and says where', async () => {
  const run = await drawnRun(20);
  const { out, code } = await commandLine(reportCommand, 'report', run, '--json');
  expect([code, JSON.parse(out.join(''))]).toEqual([0, { report: `${run}/report.html` }]);
  expect(existsSync(`${run}/report.html`)).toBe(true);
  const missing = await commandLine(reportCommand, 'report', `${run}/none`);
  expect(missing.code).toBe(1);
  expect(missing.err.join('')).toContain('none/config.json');
});
