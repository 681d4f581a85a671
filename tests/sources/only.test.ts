import { expect, it } from 'vitest';
import { only } from '../../sources/only.ts';
import { sourceContract } from '../contracts/source.ts';
import { drawn } from '../fixtures/drawn.ts';

const people = { people: ['ann', 'bob'], labels: [1, 0, 1, -1, 0] };

sourceContract('only', {
  make: () => only(drawn('s', people), (id) => id !== 's/1' && id !== 's/4'),
  ids: ['s/0', 's/2', 's/3'],
  labels: [1, 1, -1],
  classes: ['ann', 'bob'],
  bytes: [0, 2, 3].map((i) => Uint8Array.of(i)),
});

it('refuses to want nothing', async () => {
  const source = drawn('s', people);
  await expect(only(source, () => false).open()).rejects.toThrow("an image that is wanted, found 's/0'");
  expect(source.length).toBeUndefined();
});
