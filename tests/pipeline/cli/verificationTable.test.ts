import { expect, it } from 'vitest';
import { verificationTable } from '../../../pipeline/cli/verificationTable.ts';

it('says rates in percent and the threshold as distance and cosine', () => {
  const text = verificationTable('lfw', {
    accuracy: { mean: 0.9951, std: 0.003, cosine: 0.9953 },
    val: { mean: 0.98, std: 0.01, far: 0.001 },
    tar: { '1e-3': 0.99 },
    auc: 0.9991,
    threshold: 1.5,
    pairs: 6000,
  });
  expect(text).toContain(
    'lfw, 6,000 pairs\naccuracy        99.51 % +- 0.30 %\nfine thresholds 99.53 % (accuracy with thresholds at every 0.001 of cosine)\n',
  );
  expect(text).toContain('1.500 (squared distance; cosine 0.250)');
});
