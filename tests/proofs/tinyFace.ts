import { from, lastValueFrom } from 'rxjs';
import type { EmbeddingRows } from '../../pipeline/items.ts';
import type { Progress } from '../../pipeline/progress.ts';
import { imagesFlow } from '../../pipeline/recipes/embeddingFlow.ts';
import { closedSetRanks, within, type People } from '../../operators/evaluate/identify.ts';
import { searchGallery, type ListedPeople } from '../../operators/evaluate/searchGallery.ts';
import type { Embedder } from '../../operators/steps/embed.ts';
import { toEach } from '../../sinks/each.ts';
import { openSource } from '../../sources/openSource.ts';
import { tinyFaceImages } from '../../sources/tinyFace.ts';

export const KINDS = ['clean', 'tiny'] as const;
export const RANKS = [1, 5, 20];

/** Hits within 1, 5 and 20, as the gallery streamed in and over the whole table. */
export interface TinyFaceRanks {
  kind: (typeof KINDS)[number];
  probes: number;
  streamed: number[];
  table: number[];
}

/** Identifies the probes of a set that `writeTinyFaceSet` wrote, each kind by itself; images are embedded once. */
export async function tinyFaceRanks(root: string, model: Embedder, progress?: Progress): Promise<TinyFaceRanks[]> {
  const { faces, list } = tinyFaceImages(await openSource(root));
  const { flow, rows, run } = await imagesFlow('tiny faces', faces, { model });
  const ids = Array.from({ length: rows }, (_, row) => faces.id(row));
  const { embedding: dimension } = model.architecture;
  const values = new Float64Array(rows * dimension);
  const keep = (item: EmbeddingRows): void => item.keys.forEach(({ index }, i) => values.set(item.values.subarray(i * dimension, (i + 1) * dimension), index * dimension)); // prettier-ignore
  await run(flow.sink('rows', toEach(keep)), { ...(progress && { progress }), figures: () => ({}) });
  const unit = (row: number): Float64Array => {
    const face = values.subarray(row * dimension, (row + 1) * dimension);
    const length = Math.sqrt(face.reduce((sum, value) => sum + value * value, 0));
    return face.map((value) => value / length);
  };
  const filled = ({ rows: of, people }: ListedPeople): People => {
    const made = new Float64Array(of.length * dimension);
    of.forEach((row, i) => made.set(unit(row), i * dimension));
    return { values: made, dimension, people };
  };
  const gallery = filled(list.gallery);
  return Promise.all(
    KINDS.map(async (kind) => {
      const chosen = [...list.probes.rows.keys()].filter((i) => ids[list.probes.rows[i]!]!.includes(`_${kind}.`));
      const pick = (column: Int32Array): Int32Array => Int32Array.from(chosen, (i) => column[i]!);
      const probes = { rows: pick(list.probes.rows), people: pick(list.probes.people) };
      const blocks = [...probes.rows, ...list.gallery.rows].map((index): EmbeddingRows => ({ values: values.subarray(index * dimension, (index + 1) * dimension), dimension, keys: [{ index }] })); // prettier-ignore
      const last = await lastValueFrom(from(blocks).pipe(searchGallery(probes, list.gallery)));
      const ranks = closedSetRanks(filled(probes), gallery);
      return { kind, probes: last.probes, streamed: RANKS.map((k) => last.hits(k)), table: within(ranks, RANKS) };
    }),
  );
}
