import { dirname } from 'node:path';
import { npyHeader } from '../pipeline/bytes/npy.ts';
import type { Sink } from '../pipeline/contracts.ts';
import { ShapeError } from '../pipeline/errors.ts';
import { makeFolder, openWriter, type Writer } from '../pipeline/files/write.ts';
import type { Embeddings } from '../pipeline/items.ts';

/**
 * Writes embeddings as one NumPy array [N, D] of float32, a row per image in the order in which they come.
 *
 * In plain words: the file appears when the run is complete, with every row; a run that fails leaves none.
 *
 * ```ts
 * const written = graph('embed')
 *   .source('batches', batchSource)
 *   .pipe('embed', embed({ model }))
 *   .sink('npy', toNpy('faces.npy'));
 * ```
 *
 * @param path the .npy file; its folder is made if need be
 * @return a sink; throws FileError where the file cannot be written, ShapeError where dimensions differ
 */
export function toNpy(path: string): Sink<Embeddings> {
  let file: Writer | undefined;
  let rows = 0;
  let dimension = 0;
  return {
    async open() {
      await makeFolder(dirname(path));
      file = await openWriter(path);
      rows = dimension = 0;
      await file.write(npyHeader([0, 0]));
    },
    async write(item) {
      if (rows === 0) dimension = item.dimension;
      const { values } = item;
      if (item.dimension !== dimension || values.length % dimension !== 0) {
        throw new ShapeError('toNpy', `[n, ${dimension}]`, [values.length / item.dimension, item.dimension]);
      }
      await file?.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      rows += values.length / dimension;
    },
    async close(end) {
      if (end.kind === 'complete') {
        await file?.writeAt(0, npyHeader([rows, dimension]));
        await file?.commit();
      }
      await file?.discard();
      file = undefined;
    },
  };
}
