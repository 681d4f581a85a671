import { expect, it } from 'vitest';
import { drawIjbSet } from '../../../../pipeline/cli/bench/ijbSet.ts';
import type { Result } from '../../../../pipeline/cli/bench/result.ts';
import { ijbTimes } from '../../../../pipeline/cli/bench/ijb.ts';
import { folder } from '../../../fixtures/archives.ts';
import { standIn } from '../../../fixtures/standIn.ts';

const SIZE = { images: 900, templates: 200, genuine: 150, impostors: 4000, dimension: 64, rounds: 1 };
const WORK = '4,150 trials, 200 templates, 900 x 64';

it('scores a set that lies there, and says what it found and held', async () => {
  const here = folder();
  await drawIjbSet(here, SIZE, 7);
  const [result, ...others] = await ijbTimes({ ...SIZE, alone: here }, () => {});
  expect(others).toEqual([]);
  expect(result).toMatchObject({ benchmark: 'ijb', work: WORK, unit: 'seconds', peers: [] });
  expect(result!.peakBytes).toBeGreaterThan(1e7);
  const rates = Object.values(result!.figures!);
  expect(rates).toHaveLength(6);
  expect(rates).toEqual(rates.toSorted((a, b) => a - b));
  expect(rates.at(-1)).toBeGreaterThan(0.2);
  expect(rates[0]).toBeLessThan(0.9);
});

it('lets a fresh process score what it has drawn, and the peer, who must find the same', async () => {
  const here = folder();
  await drawIjbSet(here, SIZE, 7);
  const [{ figures }] = (await ijbTimes({ ...SIZE, alone: here }, () => {})) as [Result];
  const answer = (tars: object): string =>
    `"seconds": 8, "images": 4150, "peakBytes": 2000000000, "figures": ${JSON.stringify(tars)}`;
  const said: string[] = [];
  const [seconds, memory] = await ijbTimes({ ...SIZE, peer: standIn('Peer 1', answer(figures!)) }, (line) =>
    said.push(line),
  );
  expect(seconds).toMatchObject({ work: WORK, unit: 'seconds', figures, peers: [{ name: 'Peer 1', median: 8 }] });
  expect(memory).toMatchObject({ unit: 'peak resident MB', peers: [{ name: 'Peer 1', median: 2000 }] });
  expect(memory!.median).toBeGreaterThan(50);
  expect(memory!.peers[0]!.ratio.median).toBeCloseTo(memory!.median / 2000, 10);
  expect(said[0]).toBe(`${WORK}: drawn`);
  expect(said.at(-1)).toBe(`TAR at FAR 1e-1: ${figures!['1e-1']!.toFixed(6)}`);

  const wrong = { ...figures, '1e-2': figures!['1e-2']! + 0.05 };
  await expect(ijbTimes({ ...SIZE, peer: standIn('Peer 1', answer(wrong)) }, () => {})).rejects.toThrow(
    /^bench ijb: TAR at FAR 1e-2 is [\d.]+, the peer's [\d.]+: it does not do the same$/,
  );
});
