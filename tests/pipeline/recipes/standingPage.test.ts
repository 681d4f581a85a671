import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { standingPage } from '../../../pipeline/recipes/standingPage.ts';
import type { Standing } from '../../../pipeline/progress.ts';
import { folder } from '../../fixtures/archives.ts';

function shownOn(path: string) {
  const shown: Standing[] = [];
  let time = 0;
  const quiet = { show: (standing: Standing) => void shown.push(standing), note: () => {}, end: () => {} };
  const page = standingPage(quiet, path, 'mine on ijbc', () => time);
  const show = (done: number, seconds: number): void => {
    time = seconds * 1000;
    page.progress.show({ unit: 'images', done, total: 100, figures: { 'TAR at 1e-4': done / 100 } });
  };
  return { shown, show, settled: page.settled, text: () => readFileSync(path, 'utf8') };
}

it('says how far it is and what is known so far, on the line and on a page that reads itself again', async () => {
  const { shown, show, settled, text } = shownOn(join(folder(), 'report.html'));
  show(10, 0);
  await settled();
  expect(shown).toHaveLength(1);
  expect(text()).toContain('<h1>mine on ijbc</h1><p>Running: 10/100 images.</p>');
  expect(text()).toContain('<dt>TAR at 1e-4</dt><dd>0.1000</dd>');
  expect(text()).toContain('<meta http-equiv="refresh" content="2">');
});

it('writes one page in two seconds, never two at once, and the last of them is over when it is settled', async () => {
  const { shown, show, settled, text } = shownOn(join(folder(), 'report.html'));
  show(10, 0);
  show(20, 5);
  await settled();
  expect(text()).toContain('10/100');
  show(30, 6);
  await settled();
  expect(text()).toContain('30/100');
  show(40, 7);
  await settled();
  expect(text()).toContain('30/100');
  expect(shown).toHaveLength(4);
});

it('leaves it to the report to complain of a place where nothing can be written', async () => {
  const path = join(folder(), 'nowhere', 'report.html');
  const { show, settled } = shownOn(path);
  show(10, 0);
  await expect(settled()).resolves.toBeUndefined();
  expect(existsSync(path)).toBe(false);
});
