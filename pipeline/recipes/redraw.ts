import { graph, run, workers, type Key, type Sample } from 'rxface';
import type { AugmentOptions } from 'rxface/operators';
import { toEach } from 'rxface/sinks';
import type { IndexedSource } from 'rxface/sources';
import { map } from 'rxjs';
import { staysOpen } from './data.ts';

/** Faces that were drawn before, and by what. */
export interface RedrawOptions {
  /** Opened; stays open. */
  faces: IndexedSource;
  keys: readonly Key[];
  seed: number;
  /** Name of the stage that drew them, which keys its draws. */
  stage: string;
  /** [height, width] of the faces. */
  size: readonly [number, number];
  augment: AugmentOptions;
  threads: number;
  signal?: AbortSignal;
}

/**
 * Draws faces once more by their keys: they come out as they did then, in the order of the keys.
 *
 * @param take gets each of them
 */
export async function redraw(options: RedrawOptions, take: (face: Sample) => void): Promise<void> {
  const { faces, keys, seed, stage, size, augment, threads, signal } = options;
  if (keys.length === 0) return;
  const flow = graph('again', { seed })
    .source('faces', staysOpen(faces), {
      shuffle: () => ({ length: keys.length, at: (_, position) => keys[position]!.index }),
    })
    .pipe('keys', map((sample: Sample): Sample => ({ ...sample, ...keys[sample.position]! })))
    .pipe(stage, workers('rxface/operators/prepare', { threads, size, augment }), { capacity: 128 })
    .sink('again', toEach<Sample>((face) => void take(face))); // prettier-ignore
  await run(flow, { ...(signal && { signal }), faults: { count: 0, rate: 0 } });
}
