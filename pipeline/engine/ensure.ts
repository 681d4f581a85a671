import { RxfaceError } from '../errors.ts';
import { installEngine, type InstallOptions, type InstallParts } from './install.ts';
import { startEngine, wantedBackend, type Engine } from './load.ts';
import { ensureOperations } from './operations.ts';
import { linkedFolder } from './place.ts';
import { installStock } from './stock.ts';
import { ToolchainError } from './toolchain.ts';

/**
 * Makes sure of the best engine this machine can have, then starts it: what every command and `npm test` do first.
 *
 * Installs TensorFlow where it is missing and can be had, with one line before the download. What stands in the way is one line
 * too, and the run goes on with a lesser engine. RXFACE_ENGINE=wasm or cpu installs nothing.
 */
export async function ensureEngine(
  options: Pick<InstallOptions, 'say' | 'signal' | 'show'> = {},
  parts: Partial<InstallParts> = {},
): Promise<Engine> {
  const want = wantedBackend();
  if (want === 'wasm' || want === 'cpu') return startEngine();
  try {
    const there = await linkedFolder(parts.packageAt);
    await ensureOperations(there ?? (await installEngine(options, parts)), options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof RxfaceError)) throw error;
    const stock = error instanceof ToolchainError && (await haveStock(options.say, parts.packageAt));
    if (!stock) options.say?.(`engine: ${error.message} Going on without native TensorFlow.`);
  }
  return startEngine();
}

async function haveStock(say: InstallOptions['say'], packageAt: string | undefined): Promise<boolean> {
  try {
    await installStock(say, packageAt);
    return true;
  } catch (error) {
    if (error instanceof RxfaceError) return false;
    throw error;
  }
}
