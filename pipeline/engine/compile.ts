import { join } from 'node:path';
import { EngineError } from '../errors.ts';
import { remove, writeFile } from '../files/write.ts';
import { lastLine, runCommand } from './command.ts';
import { packageFolder } from './place.ts';
import { QUIET_SOURCE } from './quiet.ts';

const FLAGS = ['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-DNODE_GYP_MODULE_NAME=tfjs_binding'];

/** Changes whenever another binding would come out of the same sources. */
export const COMPILE_RECIPE = `${FLAGS.join(' ')} $ORIGIN/tensorflow ${QUIET_SOURCE}`;

/**
 * Compiles tfjs-node's two C++ files against TensorFlow in `folder`, and the addon that keeps its start quiet.
 *
 * The binding looks for the libraries beside itself; those look for CUDA in ../nvidia from where they lie, which a link would change.
 * @param packageAt folder of @tensorflow/tfjs-node-gpu
 */
export async function compile(
  folder: string,
  packageAt: string,
  options: { compiler: string; signal?: AbortSignal },
): Promise<void> {
  const quiet = join(folder, 'quiet.cc');
  await writeFile(quiet, QUIET_SOURCE);
  const build = async (sources: string[], out: string, extra: string[]): Promise<void> => {
    const cure = 'A C++17 compiler with its standard library is needed (apt-get install g++); CXX names another one.';
    await compileAddon([...FLAGS, ...sources, '-o', join(folder, out), ...extra], { ...options, what: out, cure });
  };
  await build([quiet], 'quiet.node', []);
  const binding = join(packageAt, 'binding');
  const libraries = join(folder, 'tensorflow');
  await build([join(binding, 'tfjs_backend.cc'), join(binding, 'tfjs_binding.cc')], 'tfjs_binding.node', [
    `-I${join(libraries, 'include')}`,
    `-L${libraries}`,
    '-l:libtensorflow_cc.so.2',
    '-l:libtensorflow_framework.so.2',
    '-Wl,-rpath,$ORIGIN/tensorflow',
  ]);
  await remove(quiet);
}

/**
 * Compiles an addon of Node's.
 *
 * @throws EngineError with the compiler's first error
 */
export async function compileAddon(
  args: readonly string[],
  { compiler, what, cure, signal }: { compiler: string; what: string; cure: string; signal?: AbortSignal | undefined },
): Promise<void> {
  const headers = await packageFolder('node-api-headers');
  if (headers === undefined) throw new EngineError('the npm package node-api-headers is missing', 'Run npm ci.');
  const done = await runCommand(compiler, [`-I${join(headers, 'include')}`, ...args], { signal });
  if (done?.code === 0) return;
  const error = /^.*\berror: .*$/m.exec(done?.stderr ?? '')?.[0];
  throw new EngineError(`${compiler} could not compile ${what}: ${error ?? lastLine(done?.stderr ?? '')}`, cure);
}
