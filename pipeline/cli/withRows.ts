import { OptionError } from '../errors.ts';
import type { Progress } from '../progress.ts';
import type { RowsOf } from '../recipes/embeddingFlow.ts';
import { interruptible, MODEL_OPTION, type Command } from './program.ts';
import { reporting, type Reporting } from './reporting.ts';
import { embeddingOptions, withModel } from './withModel.ts';

/** What a command line says of the embeddings of a protocol. */
export interface RowsOptions {
  embeddings?: string;
  model?: string;
  data?: string;
  input?: string;
  batch: number;
  threads: number;
  report?: string | undefined;
}

/** What files of embeddings may hold. */
export const STORED_ROWS = '[N, D], or [N, 2, D] with the mirrored image second; float16, 32 or 64';

/** Options of a protocol that is scored from stored embeddings, or from images by a model. */
export function rowsOptions(command: Command, images: string): Command {
  return embeddingOptions(
    command
      .option('--embeddings <npy>', `stored embeddings: ${STORED_ROWS}`)
      .option('--model <path>', `with --data, in their place: ${MODEL_OPTION}`)
      .option('--data <tar|dir>', images),
  );
}

/**
 * Works on the embeddings that the options name, with a model that is loaded for it where there are none.
 *
 * @param work is also told what a report calls the model, its path or that of the embeddings, and given what writes the report
 * @throws OptionError where they name neither or both
 */
export async function withRows(
  protocol: string,
  { embeddings, model: path, data, input, batch, threads, report }: RowsOptions,
  work: (
    rows: RowsOf & { signal: AbortSignal; progress: Progress },
    name: string,
    write: Reporting['write'],
  ) => Promise<void>,
): Promise<void> {
  const stage = `evaluate ${protocol}`;
  if ((embeddings === undefined) === (path === undefined))
    throw new OptionError(stage, '--embeddings', 'given, or --model and --data in its place', embeddings ?? 'neither');
  if ((path === undefined) !== (data === undefined))
    throw new OptionError(stage, '--data', 'given together with --model', data ?? 'nothing');
  await interruptible('', async (signal) => {
    const name = (embeddings ?? path)!;
    const { progress, write } = await reporting(report, `${name}, ${protocol}`);
    const life = { signal, progress };
    if (embeddings !== undefined) return work({ embeddings, ...life }, name, write);
    await withModel({ model: path!, input }, signal, (model) =>
      work({ model, data: data!, batch, threads, ...life }, name, write),
    );
  });
}
