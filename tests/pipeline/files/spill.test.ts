import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import { spill } from '../../../pipeline/files/spill.ts';
import { injectWriteFault } from '../../../pipeline/files/write.ts';

afterEach(() => injectWriteFault(undefined));
const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`.rxface-spill.aside-${process.pid}-`));

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

it('leaves nothing behind where its chunks or the disk fail', async () => {
  await expect(spill(chunks(true))).rejects.toThrow('the stream broke');
  injectWriteFault((operation) => {
    if (operation === 'write') throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  });
  await expect(spill(chunks())).rejects.toThrow('the disk is full');
  expect(left()).toEqual([]);
});
