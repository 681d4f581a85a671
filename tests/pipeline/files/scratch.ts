import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** A folder of its own for every test of a file; `path('a')` names what lies in it. */
export function scratchFolder(): { path(...names: string[]): string } {
  let folder = '';
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'rxface-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));
  return { path: (...names) => join(folder, ...names) };
}
