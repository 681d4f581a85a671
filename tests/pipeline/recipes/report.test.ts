import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { writeReport } from '../../../pipeline/recipes/report.ts';
import { drawnRun } from '../../fixtures/drawnRun.ts';
import { tinyTraining } from '../../fixtures/tinyTraining.ts';

it('makes one page of a run folder that needs no script and no other file', async () => {
  const run = await drawnRun();
  const path = await writeReport(run);
  expect(path).toBe(`${run}/report.html`);
  const html = readFileSync(path, 'utf8');
  expect(html).not.toMatch(/<script|<link|src="(?!data:)|href=|url\(/);
  expect(html).toContain('<title>drawn run</title>');
  expect(html).toContain('ir10 at 64 x 64 pixels with adaface: 900 steps in 3 min, epoch 3 of 3.');
  for (const title of ['ROC', 'Accuracy by epoch', 'Loss', 'Learning rate', 'Embedding norm'])
    expect(html).toContain(`aria-label="${title}"`);
  expect(html).toContain('aria-label="AdaFace\'s margins by norm"');
  expect(html).toContain(
    '<td>unseen</td><td>65.00 % ± 1.20</td><td>95.00 % ± 1.20</td><td>60.00 %</td><td>1.0000</td>',
  );
  expect(html).toContain('<figcaption>What training saw</figcaption>');
  expect(html).toContain('faces &lt;of&gt; people');
  expect(html).not.toMatch(/NaN|undefined|Infinity/);
  expect(html.length).toBeLessThan(200_000);
  // The same folder gives the same page.
  await writeReport(run);
  expect(readFileSync(path, 'utf8')).toBe(html);
});

it('reports a run without a step, and says where there is no run', async () => {
  const run = await drawnRun(0);
  expect(readFileSync(await writeReport(run), 'utf8')).toContain('with adaface: no step yet.');
  const { root } = await tinyTraining();
  await expect(writeReport(root)).rejects.toThrow('config.json');
});
