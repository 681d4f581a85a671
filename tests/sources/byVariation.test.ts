import { expect, it } from 'vitest';
import { classWeighted } from '../../pipeline/classWeighted.ts';
import { byVariation } from '../../sources/byVariation.ts';
import { labelled } from '../../sources/labelled.ts';
import { sourceContract } from '../contracts/source.ts';
import { drawn } from '../fixtures/drawn.ts';

const people = { people: ['ann', 'bob'], labels: [0, 1, 0, 1, -1] };
const POSES = [3, -1, 5, 3, 3];
const make = () => byVariation(labelled(drawn('s', people), { pose: (id) => POSES[Number(id.slice(2))] }), 'pose');

sourceContract('byVariation', {
  make,
  ids: ['s/0', 's/2', 's/3', 's/4'],
  labels: [3, 5, 3, 3],
  classes: Array.from({ length: 6 }, (_, label) => `pose ${label}`),
  bytes: [0, 2, 3, 4].map((i) => Uint8Array.of(i)),
});

it('lets a sampler draw each class of the variation as often as any other', async () => {
  const source = make();
  const [sample] = await source.read(Int32Array.of(1));
  expect(sample!.variation).toEqual({ pose: 5 });
  expect([...source.variation!.pose!]).toEqual([3, 5, 3, 3]);
  const { name, labels } = source;
  const { at, length } = classWeighted('inverse')({ name, labels, length: labels.length }, [7]);
  const drawnLabels = Array.from({ length: 10 * length }, (_, i) => labels[at(Math.floor(i / length), i % length)]!);
  expect(drawnLabels.filter((label) => label === 5)).toHaveLength(5 * length);
});

it('says where nobody is labelled', async () => {
  await expect(byVariation(drawn('s', people), 'blur').open()).rejects.toThrow(
    "s: variation must be known of some image for blur, received 'none'",
  );
});
