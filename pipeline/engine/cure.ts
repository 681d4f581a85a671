import { RxfaceError } from '../errors.ts';
import { exists } from '../files/read.ts';
import type { Engine } from './load.ts';
import { linkedBuild, linkedFolder } from './place.ts';
import { checkPlatform, findToolchain } from './toolchain.ts';

/** What would give a better engine than the one that runs; undefined where nothing would. */
export async function cureOf(engine: Engine): Promise<string | undefined> {
  if (engine.backend === 'native') {
    const card = await exists('/proc/driver/nvidia/version');
    if (card && (await linkedBuild()) === 'cpu') return 'an NVIDIA card is here: run `rxface engine install --gpu`';
    return undefined;
  }
  if (process.env['RXFACE_ENGINE']) return 'leave RXFACE_ENGINE unset';
  try {
    checkPlatform();
    await findToolchain();
  } catch (error) {
    if (error instanceof RxfaceError) return error.message;
    throw error;
  }
  const again = (await linkedFolder()) !== undefined;
  return again ? 'run `rxface engine remove`, then `rxface engine install`' : 'run `rxface engine install`';
}
