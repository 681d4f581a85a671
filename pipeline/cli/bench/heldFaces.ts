import type { IndexedSource } from '../../../sources/indexed.ts';
import type { Sample } from '../../items.ts';

/** The first `images` faces of a source, or as many as it has, held in memory: what a benchmark reads is not its disk. Closes the source. */
export async function heldFaces(source: IndexedSource, images: number): Promise<Sample[]> {
  await source.open();
  try {
    const count = Math.min(images, source.length ?? 0);
    return await source.read(Int32Array.from({ length: count }, (_, i) => i));
  } finally {
    await source.close();
  }
}
