import type { Embedder } from 'rxface/operators';
import type { ModelOptions } from '../recipes/loadModel.ts';
import { say } from './program.ts';

/** Starts the engine, loads the model that `--model` and `--input` name, and disposes it after the work. */
export async function withModel(
  { model: path, ...options }: { model: string } & ModelOptions,
  signal: AbortSignal,
  work: (model: Embedder) => Promise<void>,
): Promise<void> {
  const { ensureEngine } = await import('../engine/ensure.ts');
  const { modelOf } = await import('../recipes/loadModel.ts');
  await ensureEngine({ say, show: process.stderr.isTTY, signal });
  const model = await modelOf(path, say, options);
  try {
    await work(model);
  } finally {
    model.dispose();
  }
}
