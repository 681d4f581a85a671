import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/pipeline/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rxface-killed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SOURCE = 'drawn:people=30,perPerson=20,seed=3';

/** Embeds; killed once `marks` more batches are safely written, which gives undefined. */
async function embedding(out: string, marks = Infinity): Promise<number | undefined> {
  const options = ['--model', 'untrained:ir10', '--batch', '8', '--threads', '1', '--json'];
  const child = spawn(process.execPath, [MAIN, 'embed', SOURCE, '--out', out, ...options]);
  let printed = '';
  child.stdout.on('data', (text: Buffer) => void (printed += String(text)));
  const journal = join(`${out}.partial`, 'journal.jsonl');
  const lines = (): number => (existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length : 0);
  const before = lines();
  const watch = setInterval(() => void (lines() > Math.max(1, before) + marks && child.kill('SIGKILL')), 5);
  await new Promise((done) => child.on('close', done));
  clearInterval(watch);
  return child.signalCode === 'SIGKILL' ? undefined : (JSON.parse(printed) as { resumedAt: number }).resumedAt;
}

describe.skipIf(!existsSync(MAIN))('an embedding killed by SIGKILL (needs the build: npm run build)', () => {
  it('goes on at a batch, and the array is the same byte for byte', { timeout: 120_000 }, async () => {
    const [whole, killed] = [join(folder, 'whole.npy'), join(folder, 'killed.npy')];
    expect(await embedding(whole)).toBe(0);
    for (let kill = 0; kill < 2; kill++) {
      expect(await embedding(killed, 1)).toBeUndefined();
      expect(existsSync(killed)).toBe(false);
    }
    const resumedAt = await embedding(killed);
    expect(resumedAt).toBeGreaterThan(0);
    expect(resumedAt! % 8).toBe(0);
    expect(readFileSync(killed).equals(readFileSync(whole))).toBe(true);
  });
});
