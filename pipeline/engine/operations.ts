/** Operations of our own beside TensorFlow's: C++ that is compiled for this machine's processor and registers itself when loaded. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RxfaceError } from '../errors.ts';
import { exists, list, readText } from '../files/read.ts';
import { move, remove } from '../files/write.ts';
import { compileAddon } from './compile.ts';
import { findCompiler } from './toolchain.ts';

/** Symbols are bound when it is loaded, where a missing one can still be answered. */
const FLAGS = '-std=c++17 -O3 -ffp-contract=fast -fPIC -shared -pthread -Wl,-z,now -DNAPI_VERSION=8'.split(' ');

const V4 = ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'] as const;

/** Levels of x86-64 that operations are compiled for, best first, and the instruction sets (as Linux names them) that make them. */
const LEVELS = [
  { level: 'x86-64-v4', needs: [...V4, 'avx512_bf16'], flags: ['-mprefer-vector-width=512', '-mavx512bf16'] },
  { level: 'x86-64-v4', needs: V4, flags: ['-mprefer-vector-width=512'] },
  { level: 'x86-64-v3', needs: ['avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'movbe'], flags: [] },
] as const;

/** Instruction sets of the processor as Linux names them; empty where it does not say. */
export async function instructionSets(): Promise<ReadonlySet<string>> {
  return new Set((await exists('/proc/cpuinfo')) ? (await readText('/proc/cpuinfo')).split(/\s+/) : []);
}

/**
 * Compiles the operations beside the engine's binding, unless these very ones are there: a few seconds, once.
 *
 * @param folder of the installed engine
 * @return false where the processor or the engine is none they are written for
 * @throws EngineError where they cannot be compiled
 */
export async function compileOperations(
  folder: string,
  options: { compiler?: string; signal?: AbortSignal } = {},
): Promise<boolean> {
  const target = await targetOf(folder);
  if (target === undefined) return false;
  if (await exists(target.file)) return true;
  const libraries = join(folder, 'tensorflow');
  // A prebuilt of another TensorFlow comes without them.
  if (!(await exists(join(libraries, 'include')))) return false;
  const compiler = options.compiler ?? (await findCompiler());
  if (compiler === undefined) return false;
  // Two may do it at the same time; the last one's file, which is the same, stays.
  const aside = `${target.file}.${process.pid}`;
  try {
    await compileAddon(
      [
        ...target.flags,
        `-I${join(libraries, 'include')}`,
        ...target.sources.filter((path) => path.endsWith('.cc')),
        '-o',
        aside,
        `-L${libraries}`,
        '-l:libtensorflow_framework.so.2',
        '-Wl,-rpath,$ORIGIN/tensorflow',
      ],
      {
        compiler,
        what: 'the operations',
        cure: 'Training goes on with those of TensorFlow, more slowly.',
        signal: options.signal,
      },
    );
  } catch (error) {
    await remove(aside);
    throw error;
  }
  await move(aside, target.file);
  return true;
}

/** {@link compileOperations} as a start does it: what stands in the way is a line, and the run goes on. */
export async function ensureOperations(
  folder: string,
  options: { say?: (line: string) => void; signal?: AbortSignal },
): Promise<void> {
  try {
    await compileOperations(folder, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof RxfaceError)) throw error;
    options.say?.(`engine: ${error.message}`);
  }
}

/**
 * Registers the operations with the TensorFlow that this process has loaded.
 *
 * @return false where they are not there, or TensorFlow does not take them
 */
export async function loadOperations(folder: string): Promise<boolean> {
  const file = (await targetOf(folder))?.file;
  if (file === undefined || !(await exists(file))) return false;
  try {
    createRequire(import.meta.url)(file);
    return true;
  } catch {
    return false;
  }
}

/** The file for this processor and these sources, and how it is made; undefined where the processor is none of the levels. */
async function targetOf(folder: string): Promise<{ file: string; sources: string[]; flags: string[] } | undefined> {
  const instructions = await instructionSets();
  const best = LEVELS.find(({ needs }) => needs.every((name) => instructions.has(name)));
  const sources = await sourceFiles();
  if (best === undefined || sources.length === 0) return undefined;
  const flags = [...FLAGS, `-march=${best.level}`, ...best.flags];
  const hash = createHash('sha256').update(flags.join(' '));
  for (const path of sources) hash.update(await readText(path));
  return { file: join(folder, `operations-${best.level}-${hash.digest('hex').slice(0, 8)}.node`), sources, flags };
}

/** The C++: beside this file, or in the package that this file was compiled into. */
async function sourceFiles(): Promise<string[]> {
  const here = dirname(fileURLToPath(import.meta.url));
  for (const folder of [join(here, 'operations'), join(here, '../../../pipeline/engine/operations')]) {
    if (await exists(folder)) return (await list(folder)).map(({ path }) => path).toSorted();
  }
  return [];
}
