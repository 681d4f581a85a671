import { expect, it } from 'vitest';
import { loadWork } from '../../pipeline/loadWork.ts';

const context = { stage: 'work', seed: 0 };
const at = (path: string): string => new URL(`../../dist/${path}`, import.meta.url).href;

it('sets up the module and gives its work', async () => {
  const work = await loadWork<{ bytes: Uint8Array }, { bytes: Uint8Array }>(at('tests/fixtures/work.js'), {}, context);
  expect(await work([{ bytes: Uint8Array.of(1) }])).toEqual([{ value: { bytes: Uint8Array.of(2) } }]);
});

it('says what is wrong with the module', async () => {
  await expect(loadWork('rxface/nowhere', {}, context)).rejects.toThrow(
    /^work: module must be one that can be imported/,
  );
  await expect(loadWork(at('pipeline/keyed.js'), {}, context)).rejects.toThrow('work: module must be a module that exports `setup`'); // prettier-ignore
});
