import { expect, test } from 'vitest';
import { prove, report } from './prove.ts';

test('a section says command, machine, verdict and every figure', () => {
  const findings = [
    { what: 'rate', expected: 0.2, measured: 0.21, sigma: 0.01 },
    { what: 'mean', expected: 1, measured: 2, sigma: 0.1 },
    { what: 'faults', expected: 0, measured: 0, sigma: 0 },
  ];
  const text = report('augment', 'It is so.', { findings, notes: ['flip: 1 ms'] }, 12.3);
  expect(text).toMatch(/^\n## augment, \d{4}-\d\d-\d\d \d\d:\d\d UTC\n\nIt is so\.\n/);
  expect(text).toMatch(/`npm run prove augment`, 12 s; .+ cores, load [\d.]+, Node v\d+/);
  expect(text).toContain('**2 of 3 figures hold.**');
  expect(text).toContain('| rate | 0.2 | 0.21 | 0.01 | 1.00 |');
  expect(text).toContain('| mean | 1 | 2 | 0.1 | 10.00 FAILS |');
  expect(text).toContain('| faults | 0 | 0 | 0 |  |');
  expect(text).toContain('- flip: 1 ms\n');
});

test('knows its proofs', async () => {
  expect(await prove(['nothing'], '/dev/null')).toBe(false);
});
