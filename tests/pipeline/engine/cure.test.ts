import { afterEach, expect, it, vi } from 'vitest';
import { cureOf } from '../../../pipeline/engine/cure.ts';
import { exists } from '../../../pipeline/files/read.ts';
import type { Engine } from '../../../pipeline/engine/load.ts';
import { scratchFolder } from '../files/scratch.ts';

const { path } = scratchFolder();
afterEach(() => vi.unstubAllEnvs());

const wasm: Engine = { backend: 'wasm', tensorflow: null, devices: ['a processor'], reason: 'native: no' };

it('names the one thing to do', async () => {
  vi.stubEnv('RXFACE_ENGINE', 'wasm');
  expect(await cureOf(wasm)).toBe('leave RXFACE_ENGINE unset');
  vi.stubEnv('RXFACE_ENGINE', '');
  vi.stubEnv('PATH', path());
  expect(await cureOf(wasm)).toMatch(/Install python3, python3-pip, g\+\+|TensorFlow 2\.21 installs on/);
});

it('has nothing to say of the native engine where no card is', async ({ skip }) => {
  if (await exists('/proc/driver/nvidia/version')) skip('an NVIDIA card is here');
  expect(await cureOf({ ...wasm, backend: 'native' })).toBeUndefined();
});
