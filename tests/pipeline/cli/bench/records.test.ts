import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { records } from '../../../../pipeline/cli/bench/records.ts';
import { openSource } from '../../../../sources/openSource.ts';

it('draws faces into a .rec of 112 x 112, and removes it', async () => {
  const said: string[] = [];
  const { rec, leave } = await records({ people: 2, perPerson: 3, seed: 1 }, (line) => said.push(line));
  const faces = await openSource(rec);
  expect([faces.length, faces.classes!.length]).toEqual([6, 2]);
  await faces.close();
  expect(said).toEqual([expect.stringMatching(/^6 images, \d+ bytes each on average$/)]);
  await leave();
  expect(existsSync(dirname(rec))).toBe(false);
});

it('makes one of what is none, and leaves one that is given where it lies', async () => {
  const made = await records('drawn:people=1,perPerson=2', () => {});
  const given = await records(made.rec, () => {});
  expect(given.rec).toBe(made.rec);
  await given.leave();
  expect(existsSync(made.rec)).toBe(true);
  await made.leave();
  await expect(records('/no/such/place', () => {})).rejects.toThrow('/no/such/place');
});
