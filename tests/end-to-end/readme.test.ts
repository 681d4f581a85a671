import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../pipeline/engine/load.ts';
import { drawnFaces } from '../../sources/drawnFaces.ts';
import { codeBlocks, ROOT } from './codeBlocks.ts';
import { Stranger } from './stranger.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const [example] = codeBlocks(readme) as [string];
const config = /^```yaml\n(.*?)^```$/ms.exec(readme)![1]!;
const { backend } = await startEngine();
const built = existsSync(join(ROOT, 'dist'));

describe("README's graph", () => {
  it('is about ten lines', () => {
    const lines = example.trimEnd().split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('import ')).length).toBeLessThanOrEqual(11);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  describe.skipIf(!built)('as printed (needs the build: npm run build)', () => {
    let stranger: Stranger;
    beforeAll(() => {
      stranger = new Stranger({ 'train.ts': `${example}console.log(training.draw());\n` });
    });
    afterAll(() => stranger.leave());

    it('compiles', async () => {
      expect(await stranger.compile()).toEqual({ code: 0, out: '' });
    });

    it.skipIf(backend !== 'native')(
      'learns, and is wired as the picture says (native only: slow elsewhere)',
      async () => {
        const { code, out } = await stranger.node('train.js');
        expect(code, out).toBe(0);
        const log = readFileSync(join(stranger.folder, 'steps.jsonl'), 'utf8').trimEnd().split('\n');
        const losses = log.map((line) => (JSON.parse(line) as { loss: number }).loss);
        expect(losses).toHaveLength(36);
        expect(mean(losses.slice(-12))).toBeLessThan(0.95 * mean(losses.slice(0, 12)));

        const picture = /^```mermaid\n(.*?)^```$/ms.exec(readme)![1]!;
        const pictured = ['faces', 'prepare', 'batch', 'step'].map(
          (name) => new RegExp(`^ *${name}\\b.* -- (\\d+) -->`, 'm').exec(picture)![1],
        );
        expect([...out.matchAll(/ x (\d+)"/g)].map(([, capacity]) => capacity)).toEqual(pictured);
      },
      120_000,
    );
  });
});

describe("README's config for faces of one's own", () => {
  it('is at most 12 lines', () => {
    expect(config.trimEnd().split('\n').length).toBeLessThanOrEqual(12);
  });

  it.skipIf(!built || backend !== 'native')(
    'trains on an image folder (needs the build; native only: slow elsewhere)',
    async () => {
      const stranger = new Stranger({ 'faces.yaml': config });
      const faces = drawnFaces({ people: 8, perPerson: 8 });
      for await (const chunk of faces) {
        for (const { id, bytes } of chunk) {
          mkdirSync(join(stranger.folder, 'faces', dirname(id)), { recursive: true });
          writeFileSync(join(stranger.folder, 'faces', id), bytes!);
        }
      }
      const { code, out } = await stranger.node(
        join(ROOT, 'dist/pipeline/cli/main.js'),
        'train',
        'faces.yaml',
        '--dry-run',
      );
      expect(code, out).toBe(0);
      expect(out).toContain('8 people, 64 images');
      stranger.leave();
    },
    120_000,
  );
});

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
