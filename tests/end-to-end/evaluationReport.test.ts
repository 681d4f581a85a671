import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeEvaluations } from '../../pipeline/recipes/evaluationReport.ts';
import { folder } from '../fixtures/archives.ts';
import { drawnEvaluations } from '../fixtures/evaluations.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const here = folder(true);
const report = join(here, 'report.html');

/** Runs the browser without a network and without scripts of the page. */
function browse(...args: string[]): string {
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND', `--user-data-dir=${here}/profile`]; // prettier-ignore
  const given = [...flags, ...args, pathToFileURL(report).href];
  return execFileSync(CHROMIUM!, given, { encoding: 'utf8', timeout: 60_000, stdio: ['ignore', 'pipe', 'ignore'] });
}

describe.skipIf(CHROMIUM === undefined)('the report of evaluations in a browser (where chromium is installed)', () => {
  beforeAll(async () => writeEvaluations(report, await drawnEvaluations()));

  it('shows every plot and picture, without a script', () => {
    const dom = browse('--dump-dom');
    expect(dom).not.toContain('<script');
    expect(dom.match(/<svg /g)).toHaveLength(6);
    expect(dom.match(/<img /g)).toHaveLength(4);
    expect(dom).toContain('</html>');
  });

  it.each([
    { name: 'a desk', width: 1280, height: 2400 },
    { name: 'a phone', width: 500, height: 3600 },
  ])('fits $name', async ({ name, width, height }) => {
    const png = join(here, `${name}.png`);
    browse(
      `--screenshot=${png}`,
      `--window-size=${width},${height}`,
      '--hide-scrollbars',
      '--force-device-scale-factor=1',
    );
    const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([width, height]);
    const colour = (x: number, y: number): string => data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3).join();
    const paper = colour(1, 1);
    const columns = Array.from({ length: width }, (_, x) =>
      Array.from({ length: height }, (_, y) => y).some((y) => colour(x, y) !== paper),
    );
    // Margins at both sides are free: nothing sticks out of the page.
    expect(columns.slice(0, 10).some(Boolean)).toBe(false);
    expect(columns.slice(-10).some(Boolean)).toBe(false);
    const inks = new Set(Array.from({ length: height }, (_, y) => colour(Math.floor(width / 3), y)));
    expect(inks.size).toBeGreaterThan(20);
  });
});
