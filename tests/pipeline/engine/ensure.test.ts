import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { ensureEngine } from '../../../pipeline/engine/ensure.ts';
import { bindingPath } from '../../../pipeline/engine/place.ts';
import { scratchFolder } from '../files/scratch.ts';

const { path } = scratchFolder();
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

it('says in one line what is missing, and goes on', async () => {
  vi.stubEnv('PATH', path());
  vi.stubEnv('RXFACE_CACHE', path('cache'));
  vi.stubGlobal('fetch', () => Promise.reject(new Error('no network')));
  const said: string[] = [];
  const engine = await ensureEngine({ say: (line) => said.push(line) }, { packageAt: path('package') });
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^engine: Python 3 and a C\+\+ compiler cannot .* Going on without native TensorFlow\.$/);
  expect(engine.reason).not.toBe('');
});

it('ends at Ctrl-C as aborted, not with the error of what was cut short', async () => {
  vi.stubEnv('RXFACE_ENGINE', undefined);
  vi.stubEnv('PATH', path());
  vi.stubEnv('RXFACE_CACHE', path('cache'));
  const signal = AbortSignal.abort();
  await expect(ensureEngine({ signal }, { packageAt: path('package') })).rejects.toMatchObject({ name: 'AbortError' });
});

it('installs nothing where a lesser engine was asked for, or a binding stands there', async () => {
  vi.stubEnv('PATH', path());
  const say = vi.fn<(line: string) => void>();
  vi.stubEnv('RXFACE_ENGINE', 'wasm');
  expect((await ensureEngine({ say }, { packageAt: path('package') })).backend).toBe('wasm');
  vi.stubEnv('RXFACE_ENGINE', undefined);
  const binding = bindingPath(path('package'));
  await mkdir(dirname(binding), { recursive: true });
  await writeFile(binding, '');
  await ensureEngine({ say }, { packageAt: path('package') });
  expect(say).not.toHaveBeenCalled();
});
