import { chmodSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadRates } from '../../../../pipeline/cli/bench/load.ts';
import { convert } from '../../../../pipeline/recipes/convert.ts';
import { drawnFaces } from '../../../../sources/drawnFaces.ts';
import { folder, put } from '../../../fixtures/archives.ts';

const SMALL = { batch: 4, batches: 2, rounds: 2, threads: 0 };

async function someRecords(): Promise<string> {
  const faces = drawnFaces({ people: 3, perPerson: 4, seed: 1, size: 48 });
  await faces.open();
  const rec = `${folder()}/some.rec`;
  await convert(faces, { out: rec, size: 48, threads: 0 });
  return rec;
}

it('takes turns with a DataLoader, plain and augmented, with either decoder', async () => {
  const here = folder();
  put(here, {
    python: `#!/bin/sh\n[ "$1" = -c ] && exit 0\necho "{\\"ready\\": \\"Peer $5\\"}"\nwhile read n; do echo "{\\"seconds\\": 2, \\"images\\": $((n * 4))}"; done\n`,
  });
  chmodSync(`${here}/python`, 0o755);
  const said: string[] = [];
  const rows = await loadRates({ data: await someRecords(), ...SMALL, peer: `${here}/python` }, (text) =>
    said.push(text),
  );
  expect(rows.map(({ loader, augmented }) => [loader, augmented])).toEqual([
    ['rxface, 0 threads', false],
    ['Peer opencv, 0 workers', false],
    ['Peer pillow, 0 workers', false],
    ['rxface, 0 threads', true],
    ['Peer opencv, 0 workers', true],
    ['Peer pillow, 0 workers', true],
  ]);
  for (const { imagesPerSecond, ratio } of rows) {
    expect(imagesPerSecond.min).toBeGreaterThan(0);
    if (ratio !== undefined) expect(imagesPerSecond.median).toBe(4);
  }
  expect(rows[4]!.ratio!.median).toBeCloseTo(rows[3]!.imagesPerSecond.median / 4, 1);
  expect(said.at(-1)).toMatch(/^round 2: (\d+, ){5}\d+ images\/s$/);
});

it('says that there are too few images for a batch', async () => {
  const few = loadRates({ data: await someRecords(), ...SMALL, batch: 13, peer: false }, () => {});
  await expect(few).rejects.toThrow('bench: --batch must be at most the 12 images, received 13');
});
