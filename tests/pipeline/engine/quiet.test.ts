import { expect, it, vi } from 'vitest';
import { quietly, withoutChatter } from '../../../pipeline/engine/quiet.ts';

const CHATTER = [
  'WARNING: All log messages before absl::InitializeLog() is called are written to STDERR',
  'I0000 00:00:1795499025.623924    8785 port.cc:153] oneDNN custom operations are on. You may see ...',
  '2026-01-31 12:00:00.123456: I tensorflow/core/platform/cpu_feature_guard.cc:182] This TensorFlow binary ...',
  '',
].join('\n');
const ERROR = 'E0000 00:00:1795499025.623924    8785 cuda.cc:1] driver too old\n';

it('drops information and warnings, and nothing else', () => {
  expect(withoutChatter(CHATTER)).toBe('');
  expect(withoutChatter(CHATTER + ERROR)).toBe(ERROR);
  expect(withoutChatter('Illegal instruction\n')).toBe('Illegal instruction\n');
});

it('gives out what was held, also when the work fails', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const quiet = { hold: vi.fn<() => void>(), release: () => CHATTER + ERROR };
  expect(quietly(quiet, () => {})).toBeUndefined();
  const broken = (): never => {
    throw new Error('no');
  };
  expect(() => quietly(quiet, broken)).toThrow('no');
  const written = write.mock.calls.map(([text]) => text);
  write.mockRestore();
  expect(written).toEqual([ERROR, ERROR]);
  expect(quiet.hold).toHaveBeenCalledTimes(2);
});

it('hands over why CUDA found no card in the place of its line', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const line = 'E0000 00:00:1.2 3 cuda_platform.cc:52] failed call to cuInit: INTERNAL: no driver\n';
  expect(quietly({ hold: () => {}, release: () => line }, () => {})).toBe('INTERNAL: no driver');
  expect(write.mock.calls.flat()).toEqual(['']);
  write.mockRestore();
});
