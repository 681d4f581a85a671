import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { embedKilled, MAIN, moments } from './embed.ts';

const SOURCE = 'drawn:people=30,perPerson=12,seed=3';

describe.skipIf(!existsSync(MAIN))('an embedding killed by SIGKILL (needs the build: npm run build)', () => {
  it('goes on at a batch, and the array is the same byte for byte', { timeout: 120_000 }, async () => {
    const root = mkdtempSync(join(tmpdir(), 'rxface-killed-'));
    const embedding = { source: SOURCE, model: 'untrained:ir10', batch: 8 };
    const { whole, killed, last, early, differing } = await embedKilled(root, embedding, moments(8, 2, 360));
    rmSync(root, { recursive: true });
    expect(whole).toMatchObject({ killedBy: null, rows: 360, out: { resumedAt: 0 } });
    expect(killed.map(({ killedBy }) => killedBy)).toEqual(['SIGKILL', 'SIGKILL']);
    for (const { rows } of killed) expect(rows % 8).toBe(0);
    expect(killed[0]!.rows).toBeGreaterThan(0);
    expect(killed[1]!.rows).toBeGreaterThan(killed[0]!.rows);
    expect(last).toMatchObject({ killedBy: null, rows: 360, out: { resumedAt: killed[1]!.rows } });
    expect([early, differing]).toEqual([0, 0]);
  });
});

it('moments are the same for a seed, and one in each part', () => {
  const some = moments(1, 3, 900);
  expect(some).toEqual(moments(1, 3, 900));
  expect(some).not.toEqual(moments(2, 3, 900));
  some.forEach(({ rows, milliseconds }, part) => {
    expect(rows).toBeGreaterThanOrEqual(300 * part);
    expect(rows).toBeLessThan(300 * part + 150);
    expect(milliseconds).toBeLessThan(300);
  });
});
