import { add, getBackend } from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import { startCpu, startWasm } from '../../../pipeline/engine/portable.ts';

it('starts WebAssembly from its own package', async () => {
  await startWasm();
  expect(getBackend()).toBe('wasm');
  expect([...add([1, 2], 1).dataSync()]).toEqual([2, 3]);
});

it('starts JavaScript without advertising another engine', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  await startCpu();
  expect(getBackend()).toBe('cpu');
  expect([...add([1, 2], 1).dataSync()]).toEqual([2, 3]);
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});
