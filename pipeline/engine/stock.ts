import { delimiter, dirname, join } from 'node:path';
import { EngineError } from '../errors.ts';
import { remove } from '../files/write.ts';
import { lastLine, runCommand } from './command.ts';
import { bindingPackage } from './place.ts';
import { PLATFORMS } from './toolchain.ts';

const HOST = 'https://storage.googleapis.com';

/**
 * The binding that tfjs-node's makers built (TensorFlow 2.9 and older), for machines that TensorFlow's wheels are not for.
 * @param into the npm package's folder, where it is not the one this project resolves
 * @throws EngineError where its host cannot be reached or has nothing for this machine
 */
export async function installStock(say: (line: string) => void = () => {}, into?: string): Promise<void> {
  const packageAt = into ?? (await bindingPackage());
  if (packageAt === undefined)
    throw new EngineError(
      'the npm package @tensorflow/tfjs-node-gpu is missing',
      'Run npm install --include=optional.',
    );
  try {
    await fetch(HOST, { method: 'HEAD', signal: AbortSignal.timeout(5_000) });
  } catch (error) {
    throw new EngineError('the stock prebuilt cannot be reached', `${PLATFORMS}.`, { cause: error });
  }
  say(`engine: downloads the stock prebuilt (about 100 to 400 MB) into ${packageAt}`);
  const tools = [
    join(packageAt, 'node_modules', '.bin'),
    join(packageAt, '..', '..', '.bin'),
    dirname(process.execPath),
  ];
  const done = await runCommand(process.execPath, [join(packageAt, 'scripts', 'install.js'), 'cpu', 'download'], {
    cwd: packageAt,
    env: { ...process.env, PATH: [...tools, process.env['PATH'] ?? ''].join(delimiter) },
  });
  if (done?.code === 0) return;
  await remove(join(packageAt, 'deps'));
  await remove(join(packageAt, 'lib'));
  throw new EngineError(`the stock prebuilt does not install: ${lastLine(done?.stderr ?? '')}`, `${PLATFORMS}.`);
}
