import type { Embedder } from 'rxface/operators';
import type { ModelOptions } from '../recipes/loadModel.ts';
import { INPUT_OPTION, say, wholeNumber, type Command } from './program.ts';

/** Options of a command that embeds images: how a network takes them, and how many at a time. */
export function embeddingOptions(command: Command): Command {
  return command
    .option('--input <how>', INPUT_OPTION)
    .option('--batch <n>', 'images embedded together', wholeNumber(1), 64)
    .option('--threads <n>', 'threads that decode', wholeNumber(0), 2);
}

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
