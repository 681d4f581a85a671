import { afterEach, expect, it, vi } from 'vitest';
import { exists } from '../../../pipeline/files/read.ts';
import * as place from '../../../pipeline/engine/place.ts';
import { scratchFolder } from '../files/scratch.ts';

const { path } = scratchFolder();
afterEach(() => vi.unstubAllEnvs());

it('keeps engines where RXFACE_CACHE says, else in the cache of the user', () => {
  vi.stubEnv('RXFACE_CACHE', '/a');
  expect(place.engineCache()).toBe('/a/engine');
  vi.stubEnv('RXFACE_CACHE', '');
  vi.stubEnv('XDG_CACHE_HOME', '/b');
  expect(place.engineCache()).toBe('/b/rxface/engine');
  vi.stubEnv('XDG_CACHE_HOME', '');
  expect(place.engineCache()).toMatch(/\.cache\/rxface\/engine$/);
});

it('finds packages, and where npm put them', async () => {
  expect(await place.packageFolder('rxjs')).toMatch(/node_modules\/rxjs$/);
  expect(await place.packageFolder('no-such-package')).toBeUndefined();
  expect(await exists(`${await place.npmRoot()}/node_modules/rxjs`)).toBe(true);
});

it('knows a binding that is not there', async () => {
  expect(await place.linkedFolder(path())).toBeUndefined();
});
