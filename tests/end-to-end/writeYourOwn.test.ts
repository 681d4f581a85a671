import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeBlocks, ROOT } from './codeBlocks.ts';
import { Stranger } from './stranger.ts';

/** The files of 'Write your own' by the names on their first lines. */
const files = Object.fromEntries(
  codeBlocks(readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8')).map((text) => [
    /^\/\/ (\S+)\n/.exec(text)?.[1],
    text,
  ]),
) as Record<string, string>;

describe('CONTRIBUTING, Write your own', () => {
  it.each(Object.entries(files))('%s is about twenty lines', (_, text) => {
    const [, ...lines] = text.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(22);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  describe.skipIf(!existsSync(join(ROOT, 'dist')))('in a project of its own (needs the build: npm run build)', () => {
    let stranger: Stranger;
    beforeAll(() => void (stranger = new Stranger(files)));
    afterAll(() => stranger.leave());

    it('compiles, tests itself and trains', async () => {
      expect(Object.keys(files)).toEqual([
        'keepSharp.ts',
        'keepSharp.test.ts',
        'liArcFace.ts',
        'liArcFace.test.ts',
        'train.ts',
      ]);
      expect(await stranger.compile()).toEqual({ code: 0, out: '' });
      const tested = await stranger.test();
      expect(tested.out).toMatch(/Test Files +2 passed \(2\)/);
      expect(tested.code, tested.out).toBe(0);

      expect(await stranger.node('train.js')).toEqual({ code: 0, out: '' });
      const log = readFileSync(join(stranger.folder, 'steps.jsonl'), 'utf8').trimEnd().split('\n');
      const steps = log.map((line) => JSON.parse(line) as { iteration: number; images: number; loss: number });
      expect(steps.map(({ iteration }) => iteration)).toEqual(steps.map((_, i) => i + 1));
      expect(steps.every(({ images, loss }) => images === 8 && Number.isFinite(loss))).toBe(true);
      // 80 faces would make ten batches: the blurred ones stayed behind.
      expect(steps.length).toBeGreaterThan(5);
      expect(steps.length).toBeLessThan(10);
    }, 120_000);
  });
});
