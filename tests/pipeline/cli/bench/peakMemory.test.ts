import { expect, it } from 'vitest';
import { peakIn, peakMemory } from '../../../../pipeline/cli/bench/peakMemory.ts';

it('reads the most memory held from what Linux says of a process', () => {
  expect(peakIn('Name:\tnode\nVmPeak:\t 9000 kB\nVmHWM:\t  1842176 kB\nVmRSS:\t 1700 kB\n')).toBe(1842176 * 1024);
});

it('is what this process holds now, or more', async () => {
  const held = new Uint8Array(64 << 20).fill(1);
  const peak = await peakMemory();
  expect(peak).toBeGreaterThan(held.length);
  expect(peak).toBeGreaterThanOrEqual(0.9 * process.memoryUsage.rss());
});
