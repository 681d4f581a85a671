import { afterEach, expect, it, vi } from 'vitest';
import { sayFaults } from '../../../pipeline/cli/sayFaults.ts';

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

it('names the first faults, counts the rest and fails the command', () => {
  const said: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  sayFaults([]);
  expect([said, process.exitCode]).toEqual([[], undefined]);
  const faults = Array.from({ length: 12 }, (_, i) => ({ file: 'a.tar', offset: 512 * i, reason: 'it is empty' }));
  sayFaults(faults);
  expect(said).toHaveLength(11);
  expect([said[1], said[10]]).toEqual(['rxface: a.tar, byte 512: it is empty\n', 'rxface: and 2 more faults\n']);
  expect(process.exitCode).toBe(1);
  sayFaults(faults, Infinity);
  expect(said).toHaveLength(23);
});
