/** The backends that need nothing installed: WebAssembly, and the plain JavaScript one that tests use as their oracle. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { backend, setBackend } from '@tensorflow/tfjs-core';

/** Starts the WebAssembly backend from the files of its package. */
export async function startWasm(): Promise<void> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(dirname(entry) + sep);
  if (!(await setBackend('wasm'))) throw new Error('the WebAssembly backend did not start');
}

/** Starts the JavaScript backend. */
export async function startCpu(): Promise<void> {
  await import('@tensorflow/tfjs-backend-cpu');
  if (!(await setBackend('cpu'))) throw new Error('the JavaScript backend did not start');
  // It advertises tfjs-node at its first tensor; which engine runs is said by `startEngine`.
  Object.assign(backend(), { firstUse: false });
}
