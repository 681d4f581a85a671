import { expect, it } from 'vitest';
import { rateLines } from '../../../pipeline/cli/rateLines.ts';

it('says rates in percent, one below the other, and nothing of rates that are not there', () => {
  expect(rateLines('rank', { '1': 0.97204, '20': 1 })).toEqual(['rank 1             97.20 %', 'rank 20           100.00 %']); // prettier-ignore
  expect(rateLines('TPIR @ FPIR')).toEqual([]);
});
