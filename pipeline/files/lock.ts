import { hostname } from 'node:os';
import { lives } from './lives.ts';
import { readText, statIfThere, systemCode } from './read.ts';
import { claim, remove, touch } from './write.ts';

/** How long a lock may go without a sign of life before others take it, in milliseconds. */
const PATIENCE = 30_000;

/**
 * Waits until this process holds the lock file `path`, and returns what lets it go.
 *
 * A lock whose process is gone is taken over. A lock saves work done twice; that nothing breaks is what aside-and-rename is for.
 * @param options.waiting called once if another process holds it, with that process's id
 * @param options.signal ends the waiting; then its reason is thrown
 */
export async function lock(
  path: string,
  options: { waiting?: (holder: number) => void; signal?: AbortSignal | undefined } = {},
): Promise<() => Promise<void>> {
  for (let told = false; !(await claim(path, JSON.stringify({ id: process.pid, host: hostname() })));) {
    const holder = await holderOf(path);
    if (holder === undefined) continue;
    if (holder.gone) {
      await takeAway(path, options.signal);
      continue;
    }
    if (!told) options.waiting?.(holder.id);
    options.signal?.throwIfAborted();
    told = true;
    await new Promise((done) => setTimeout(done, 100));
  }
  const sign = setInterval(() => void touch(path).catch(() => {}), PATIENCE / 6);
  sign.unref();
  return async () => {
    clearInterval(sign);
    await remove(path);
  };
}

/** Removes the lock of a process that is gone: one at a time, or a slower one would remove the lock a faster one then got. */
async function takeAway(path: string, signal: AbortSignal | undefined): Promise<void> {
  const unlock = await lock(`${path}.gone`, { signal });
  try {
    if ((await holderOf(path))?.gone) await remove(path);
  } finally {
    await unlock();
  }
}

async function holderOf(path: string): Promise<{ id: number; gone: boolean } | undefined> {
  const found = await statIfThere(path);
  if (found === undefined) return undefined;
  const silent = Date.now() - found.modified > PATIENCE;
  try {
    const text = await readText(path);
    // Empty while its holder is about to fill it.
    const holder = (text === '' ? { id: 0, host: '' } : JSON.parse(text)) as { id: number; host: string };
    return { id: holder.id, gone: silent || (holder.host === hostname() && !lives(holder.id)) };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
