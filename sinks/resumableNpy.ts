import { basename } from 'node:path';
import { npyHeader } from '../pipeline/bytes/npy.ts';
import type { Sink } from '../pipeline/contracts.ts';
import { ShapeError } from '../pipeline/errors.ts';
import type { Embeddings } from '../pipeline/items.ts';
import type { Growing, Unfinished } from './unfinished.ts';

const ROWS = 'rows.npy';
/** Milliseconds of work that a kill may cost; a mark waits for the disk twice. */
const MARK_EVERY = 250;

/**
 * As toNpy, but what is cut short at any moment is gone on with behind the last batch that is safely on the disk.
 *
 * In plain words: an embedding of hours that is killed costs a moment.
 *
 * ```ts
 * const output = await beginOutput('faces.npy', { model: 'mine' }, { suffix: 'partial', replaces: true });
 * const written = graph('embed')
 *   .source('batches', batchSource, { from: { epoch: 0, position: output.standing.position } })
 *   .pipe('embed', embed({ model }))
 *   .sink('npy', resumableNpy(output, { rows: 2 }));
 * await output.close();
 * ```
 *
 * @param options.rows of the whole array, those of earlier calls included
 * @return a sink, for one run; throws ShapeError where dimensions differ or the run is complete with another number of rows
 */
export function resumableNpy(output: Unfinished, { rows }: { rows: number }): Sink<Embeddings> {
  let file: Growing | undefined;
  let { standing } = output;
  let marked = performance.now();
  /** Set while something is written, and for good where that failed. */
  let torn = false;
  const mark = async (): Promise<void> => {
    await file!.sync();
    await output.mark(standing);
    marked = performance.now();
  };
  const finish = async (): Promise<void> => {
    const dimension = standing.figures['dimension'] ?? 0;
    if (standing.records !== rows)
      throw new ShapeError('npy', `[${rows}, ${dimension}]`, [standing.records, dimension]);
    await mark();
    await output.finish([[ROWS, basename(output.path)]]);
  };
  return {
    async open() {
      file = await output.grow(ROWS, standing.figures['bytes'] ?? 0);
    },
    async write({ values, dimension }) {
      torn = true;
      const known = standing.figures['dimension'] ?? dimension;
      if (known !== dimension || values.length % dimension !== 0)
        throw new ShapeError('npy', `[n, ${known}]`, [values.length / dimension, dimension]);
      if (file!.bytes === 0) await file!.append(npyHeader([rows, dimension]));
      await file!.append(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      const records = standing.records + values.length / dimension;
      const bytes = standing.bytes + values.byteLength;
      standing = { ...standing, position: records, records, bytes, figures: { bytes: file!.bytes, dimension } };
      if (performance.now() - marked >= MARK_EVERY) await mark();
      torn = false;
    },
    async close(end) {
      try {
        if (end.kind === 'complete') await finish();
        else if (!torn) await mark();
      } finally {
        await file?.close();
        await output.close();
      }
    },
  };
}
