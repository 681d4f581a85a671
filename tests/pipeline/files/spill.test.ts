import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { spill } from '../../../pipeline/files/spill.ts';
import { injectWriteFault } from '../../../pipeline/files/write.ts';
import { folder, put } from '../../fixtures/archives.ts';

let temporary: string;
beforeEach(() => {
  temporary = folder();
  vi.stubEnv('TMPDIR', temporary);
});
afterEach(() => {
  injectWriteFault(undefined);
  vi.unstubAllEnvs();
});
const left = () => readdirSync(temporary);

async function* chunks(fail = false) {
  yield Uint8Array.of(1, 2, 3);
  if (fail) throw new Error('the stream broke');
  yield Uint8Array.of(4, 5);
}

it('can be read anywhere though it has no name any more', async () => {
  const file = await spill(chunks());
  expect(left()).toEqual([]);
  expect(file.bytes).toBe(5);
  expect([...(await file.readAt(2, 2))]).toEqual([3, 4]);
  await file.close();
});

it('has no name while it is filled, so that a killed process leaves nothing', async () => {
  const seen: string[][] = [];
  const watched = (async function* () {
    for await (const chunk of chunks()) {
      seen.push(left());
      yield chunk;
    }
    seen.push(left());
  })();
  await (await spill(watched)).close();
  expect(seen).toEqual([[], [], []]);
});

it('adds to no file that was there', async () => {
  for (let n = 0; n < 20; n += 1) put(temporary, { [`.rxface-spill.aside-${process.pid}-${n}`]: 'left' });
  const file = await spill(chunks());
  expect(file.bytes).toBe(5);
  await file.close();
});

it('leaves nothing behind where its chunks or the disk fail', async () => {
  await expect(spill(chunks(true))).rejects.toThrow('the stream broke');
  injectWriteFault((operation) => {
    if (operation === 'write') throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  });
  await expect(spill(chunks())).rejects.toThrow('the disk is full');
  expect(left()).toEqual([]);
});
