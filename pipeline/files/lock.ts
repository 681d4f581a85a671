import { hostname } from 'node:os';
import { BEGAN, lives } from './lives.ts';
import { readText, statIfThere, systemCode } from './read.ts';
import { claim, remove, touch } from './write.ts';

/** How long a lock may go without a sign of life before others take it, in milliseconds. */
const PATIENCE = 30_000;

/**
 * Waits until this process holds the lock file `path`, and returns what lets it go.
 *
 * A lock whose process is gone is taken over. A lock saves work done twice; that nothing breaks is what aside-and-rename is for.
 * @param options.waiting called once if another process holds it, with that process's id; what it throws ends the waiting
 * @param options.signal ends the waiting; then its reason is thrown
 * @param options.patience milliseconds without a sign of life after which others take it: more than the process may be busy
 */
export async function lock(
  path: string,
  options: { waiting?: (holder: number) => void; signal?: AbortSignal | undefined; patience?: number } = {},
): Promise<() => Promise<void>> {
  const { patience = PATIENCE } = options;
  for (let told = false; !(await claim(path, JSON.stringify({ id: process.pid, began: BEGAN, host: hostname() })));) {
    const holder = await holderOf(path, patience);
    if (holder === undefined) continue;
    if (holder.gone) {
      await takeAway(path, patience, options.signal);
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
async function takeAway(path: string, patience: number, signal: AbortSignal | undefined): Promise<void> {
  const unlock = await lock(`${path}.gone`, { signal });
  try {
    if ((await holderOf(path, patience))?.gone) await remove(path);
  } finally {
    await unlock();
  }
}

async function holderOf(path: string, patience: number): Promise<{ id: number; gone: boolean } | undefined> {
  const found = await statIfThere(path);
  if (found === undefined) return undefined;
  const silent = Date.now() - found.modified > patience;
  try {
    const text = await readText(path);
    // Empty while its holder is about to fill it.
    const holder = (text === '' ? { id: 0, host: '' } : JSON.parse(text)) as {
      id: number;
      began?: number;
      host: string;
    };
    // A process may have the id of one that was killed.
    const here = holder.id === process.pid ? holder.began === BEGAN : lives(holder.id);
    return { id: holder.id, gone: silent || (holder.host === hostname() && !here) };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
