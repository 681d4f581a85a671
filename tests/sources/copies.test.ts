import { expect, it } from 'vitest';
import { copies } from '../../sources/copies.ts';
import { sourceContract } from '../contracts/source.ts';
import { drawn } from '../fixtures/drawn.ts';

sourceContract('copies', {
  make: () =>
    copies(drawn('s', { people: ['ann'], labels: [0, -1, 0] }), ({ labels, id }) => [
      { index: 1, id: 'one' },
      { index: 0, id: id(0) },
      { index: 1, id: `other of ${labels.length}` },
    ]),
  ids: ['one', 's/0', 'other of 3'],
  labels: [-1, 0, -1],
  classes: ['ann'],
  bytes: [1, 0, 1].map((i) => Uint8Array.of(i)),
});

it('lies where its image lies', async () => {
  const source = copies(drawn('s', { people: ['ann'], labels: [0, 0] }), () => [{ index: 1, id: 'x' }]);
  await source.open();
  expect(source.place(0)).toEqual({ file: 's', offset: 1 });
});
