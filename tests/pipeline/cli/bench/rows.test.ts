import { expect, it } from 'vitest';
import { augmentResults, decodeResults, linkResults, loadResults } from '../../../../pipeline/cli/bench/rows.ts';

const some = { median: 2, min: 1, max: 3 };

it('says with each row what it is of', () => {
  const decoders = [
    { decoder: 'a', imagesPerSecond: some, furthest: 4 },
    { decoder: 'b', imagesPerSecond: some, furthest: null },
  ];
  expect(decodeResults(decoders).map(({ work }) => work)).toEqual(['a, pixels off by 4 at most', 'b']);
  expect(augmentResults([{ work: 'flip', millisecondsPerImage: some }])).toEqual([
    { benchmark: 'augment', work: 'flip', unit: 'milliseconds an image', ...some, peers: [] },
  ]);
  const ways = [true, false].map((bounded) => ({ way: 'w', bounded, nanosecondsPerHop: some }));
  expect(linkResults(ways).map(({ work }) => work)).toEqual(['w', 'w (bounds nothing)']);
});

it('makes the loaders of others the peers of ours before them', () => {
  const ratio = { ...some, pairs: [1, 2, 3] };
  const row = (loader: string, augmented: boolean, theirs: boolean) => ({
    loader,
    augmented,
    imagesPerSecond: some,
    ...(theirs && { ratio }),
  });
  const rows = [row('rxface', false, false), row('p', false, true), row('rxface', true, false), row('p', true, true)];
  expect(loadResults(rows).map(({ work, peers }) => [work, peers])).toEqual([
    ['rxface', [{ name: 'p', ...some, ratio }]],
    ['rxface, augmented', [{ name: 'p', ...some, ratio }]],
  ]);
});
