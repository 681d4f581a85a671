import { expect, it } from 'vitest';
import { peerResult, resultsText, spread, type Result } from '../../../../pipeline/cli/bench/result.ts';

it('has the middle of an even number of rounds between two of them', () => {
  expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
  expect(spread([9, 1, 3])).toEqual({ median: 3, min: 1, max: 9 });
});

it('takes ratios pair by pair, not of the medians', () => {
  expect(peerResult('peer', [10, 1, 4], [20, 3, 2])).toEqual({
    name: 'peer',
    median: 4,
    min: 1,
    max: 10,
    ratio: { median: 2, min: 0.5, max: 3, pairs: [2, 3, 0.5] },
  });
});

it('writes those of one benchmark and unit under one heading', () => {
  const result = (benchmark: string, work: string): Result => ({
    benchmark,
    work,
    unit: 'images a second',
    ...spread([12.34]),
    peers: [],
  });
  const text = resultsText([
    result('train', 'a'),
    {
      ...result('train', 'b'),
      peers: [peerResult('Peer 1', [6.17], [12.34])],
      peakBytes: 2.5e9,
      ops: [{ op: 'Conv2D', calls: 20, milliseconds: 408.96, share: 0.806 }],
    },
    result('embed', 'a'),
  ]);
  expect(text.match(/^train: images a second, median \(least to most\)$/gm)).toHaveLength(1);
  expect(text).toMatch(/^a +12\.3 \(12\.3 to 12\.3\)$/m);
  expect(text).toMatch(/^ {2}Peer 1 +6\.17 \(6\.17 to 6\.17\)\n {2}ratio +2\.00 \(2\.00 to 2\.00\), by pair 2\.00$/m);
  expect(text).toMatch(/^ {2}peak resident memory +2,500 MB$/m);
  expect(text).toMatch(/^ {2}Conv2D +20 calls +408\.96 ms +80\.6 %$/m);
  expect(text).toContain('\nembed: images a second');
});
