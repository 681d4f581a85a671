/** The single door to the tfjs-node binding: which engine runs, and why. */
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { backend, getBackend, setBackend } from '@tensorflow/tfjs-core';
import { EngineError, OptionError } from '../errors.ts';
import { exists } from '../files/read.ts';
import type { NativeBackend, NativeBinding } from './binding.ts';
import { instructionSets, loadOperations } from './operations.ts';
import { linkedBuild, linkedFolder } from './place.ts';
import { startCpu, startWasm } from './portable.ts';
import { quietly, type Quiet } from './quiet.ts';

export type { NativeBackend, NativeBinding, NativeEntry, NativeTensor, OpAttribute } from './binding.ts';

/** Backends, best first. */
export const BACKENDS = ['native', 'wasm', 'cpu'] as const;
export type Backend = (typeof BACKENDS)[number];

/** What runs, and why it and not a better one. */
export interface Engine {
  backend: Backend;
  /** TensorFlow's version; null where TensorFlow does not run. */
  tensorflow: string | null;
  devices: string[];
  reason: string;
}

const TFJS_NAMES: Record<Backend, string> = { native: 'tensorflow', wasm: 'wasm', cpu: 'cpu' };
/** What CUDA said when it found no card. */
let noDevice: string | undefined;
/** Instruction sets of the processor as Linux names them; empty where it does not say. */
let instructions: ReadonlySet<string> = new Set();
/** Whether the native engine has our own operations beside TensorFlow's. */
let own = false;
const started = new Map<Backend, Promise<void>>();

/** The backend that `want` or RXFACE_ENGINE asks for; undefined: the best there is. */
export function wantedBackend(want?: Backend): Backend | undefined {
  const asked = want ?? process.env['RXFACE_ENGINE'];
  if (asked === undefined || asked === '') return undefined;
  const known = BACKENDS.find((name) => name === asked);
  if (known === undefined) throw new OptionError('engine', 'RXFACE_ENGINE', BACKENDS.join(', '), asked);
  return known;
}

/**
 * Starts an engine and makes it the backend of tfjs. Best first: native, wasm, cpu; what fails is passed over and named in `reason`.
 *
 * May be called often: each backend is loaded once in a process, and the last call decides which is in force.
 * @param options.want where to begin; else RXFACE_ENGINE says so
 * @throws OptionError where RXFACE_ENGINE names no backend; EngineError where none starts
 */
export async function startEngine(options?: { want?: Backend }): Promise<Engine> {
  const want = wantedBackend(options?.want);
  const failures: string[] = [];
  for (const candidate of BACKENDS.slice(want === undefined ? 0 : BACKENDS.indexOf(want))) {
    try {
      await start(candidate);
      return await describe(candidate, want, failures);
    } catch (error) {
      failures.push(`${candidate}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw new EngineError(`no engine starts (${failures.join('; ')})`, 'Run `rxface engine install`.');
}

/** The native backend, for operations that tfjs has no kernel for. @throws EngineError where another backend is in force */
export function nativeBackend(): NativeBackend {
  if (getBackend() !== TFJS_NAMES.native)
    throw new EngineError(
      `the native engine is not running (${getBackend()} is)`,
      'Run `rxface engine install`, or leave RXFACE_ENGINE unset.',
    );
  return backend() as unknown as NativeBackend;
}

/** The binding below it, for raw results such as bfloat16. @throws EngineError where another backend is in force */
export function nativeBinding(): NativeBinding {
  return nativeBackend().binding;
}

/** Instruction sets of the processor, such as 'avx2', known once the native engine runs. */
export function processorInstructions(): ReadonlySet<string> {
  return instructions;
}

/** Whether the operations of pipeline/engine/operations can be called: on the native engine, on a processor. */
export function hasOperations(): boolean {
  return own && getBackend() === TFJS_NAMES.native;
}

async function start(which: Backend): Promise<void> {
  let once = started.get(which);
  if (once === undefined) {
    once = { native: startNative, wasm: startWasm, cpu: startCpu }[which]();
    started.set(which, once);
  }
  try {
    await once;
  } catch (error) {
    // What was missing may be installed before the next try.
    started.delete(which);
    throw error;
  }
  if (getBackend() !== TFJS_NAMES[which]) await setBackend(TFJS_NAMES[which]);
}

async function startNative(): Promise<void> {
  instructions = await instructionSets();
  const require = createRequire(import.meta.url);
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  const loud = process.env['RXFACE_ENGINE_LOG'] === '1';
  if (!loud) process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  restoreUtil(require('node:util') as Record<string, unknown>);
  const folder = await linkedFolder();
  if (folder === undefined) throw new Error('TensorFlow is not installed');
  const quiet = join(folder, 'quiet.node');
  // The file, not the package's name: Node remembers that a package was missing.
  const load = (): void => void require('@tensorflow/tfjs-node-gpu/dist/index.js');
  if (loud || !(await exists(quiet))) load();
  else noDevice = quietly(require(quiet) as Quiet, load);
  own = !nativeBackend().isUsingGpuDevice && (await loadOperations(folder));
}

// tfjs-node calls them when it runs an operation; Node 22 warns of them, Node 23 took them away.
function restoreUtil(util: Record<string, unknown>): void {
  util['isNullOrUndefined'] = (value: unknown) => value === null || value === undefined;
  util['isArray'] = Array.isArray;
}

async function describe(which: Backend, want: Backend | undefined, failures: readonly string[]): Promise<Engine> {
  const processor = `${cpus()[0]?.model.trim() ?? 'processor'}, ${availableParallelism()} threads`;
  const reason = failures.length > 0 ? failures.join('; ') : which === want ? 'asked for' : 'the best there is';
  if (which !== 'native') return { backend: which, tensorflow: null, devices: [processor], reason };
  const tensorflow = nativeBinding().TF_Version;
  if (nativeBackend().isUsingGpuDevice) return { backend: which, tensorflow, devices: ['GPU', processor], reason };
  if ((await linkedBuild()) !== 'gpu') return { backend: which, tensorflow, devices: [processor], reason };
  const blind = `the GPU build found no device${noDevice ? ` (${noDevice})` : ''} and runs on the processor`;
  return { backend: which, tensorflow, devices: [processor], reason: `${reason}; ${blind}` };
}
