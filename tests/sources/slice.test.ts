import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OptionError } from '../../pipeline/errors.ts';
import { slice } from '../../sources/slice.ts';
import { sourceContract } from '../contracts/source.ts';
import { drawn } from '../fixtures/drawn.ts';

const people = { people: ['ann', 'bob'], labels: [1, 0, 1, -1, 0, 0, 1] };

sourceContract('slice', {
  make: () => slice(drawn('s', people), { part: 1, of: 2 }),
  ids: ['s/3', 's/4', 's/5', 's/6'],
  labels: [-1, 0, 0, 1],
  classes: ['ann', 'bob'],
  bytes: [3, 4, 5, 6].map((i) => Uint8Array.of(i)),
});

it('cuts a source into parts that are all of it, in its order, none larger than another by more than one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.nat(), async (length, size) => {
      const of = 1 + (size % length);
      const ids: string[] = [];
      const sizes: number[] = [];
      for (let part = 0; part < of; part++) {
        const source = slice(drawn('s', { people: [], labels: new Array<number>(length).fill(-1) }), { part, of });
        for await (const chunk of source) ids.push(...chunk.map(({ id }) => id));
        sizes.push(source.length!);
        await source.close();
      }
      expect(ids).toEqual(Array.from({ length }, (_, i) => `s/${i}`));
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
    { numRuns: 40 },
  );
});

it('says where an image lies and what was broken in the whole source', async () => {
  const source = slice(drawn('s', people), { part: 2, of: 3 });
  await source.open();
  expect([source.place(0), source.faults]).toEqual([
    { file: 's', offset: 4 },
    [{ stage: 'drawn', file: 's', reason: 'broken' }],
  ]);
});

it('refuses parts that there are not', async () => {
  const source = drawn('s', people);
  expect(() => slice(source, { part: 3, of: 3 })).toThrow(OptionError);
  expect(() => slice(source, { part: -1, of: 3 })).toThrow(
    'slice: part must be a whole number from 0 to 2, received -1',
  );
  expect(() => slice(source, { part: 0, of: 0 })).toThrow('slice: of must be a whole number of at least 1, received 0');
  await expect(slice(source, { part: 0, of: 8 }).open()).rejects.toThrow('of must be at most 7, the images of s, received 8'); // prettier-ignore
});
