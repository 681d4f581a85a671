import { graph, run, workers, type Flow, type Sample } from 'rxface';
import { batch, fillPool, type AugmentOptions, type MetaPool, type Model } from 'rxface/operators';
import { toEach } from 'rxface/sinks';
import type { IndexedSource } from 'rxface/sources';
import { take } from 'rxjs';
import { staysOpen } from './data.ts';
import { redraw } from './redraw.ts';

/** How faces of the meta set are drawn: the same faces, seed and augmentations give the same draws. */
export interface CandidateOptions {
  /** Opened; stays open. */
  faces: IndexedSource;
  seed: number;
  /** [height, width] of the faces. */
  size: readonly [number, number];
  augment: AugmentOptions;
  /** Threads that decode; the draws do not depend on it. */
  threads: number;
  /** Name of the flow and of its stages, which keys its draws. Default 'meta'. */
  name?: string;
}

const CAPACITY = 128;
const BATCH = 64;
/** Nobody counts so far: candidates end with what asks for them. */
const ENDLESS = Number.MAX_SAFE_INTEGER;

/**
 * Faces of the meta set, without end, such as candidates for the pool: number n is image permutation(n mod |V|) of draw n / |V|, rounded down, keyed by
 * the seed. A join takes so many of them a step.
 *
 * @param from number of the first: `pool.taken`, also where a run is resumed
 */
export function candidates(options: CandidateOptions, from = 0): Flow<Sample> {
  const { faces, seed, size, augment, threads, name = 'meta' } = options;
  const length = faces.length!;
  const draw = name === 'meta' ? 'draw' : `draw ${name}`;
  return graph(name, { seed })
    .source<Sample>(name, staysOpen(faces), {
      epochs: ENDLESS,
      shuffle: 'full',
      from: { epoch: Math.floor(from / length), position: from % length },
    })
    .pipe(draw, workers('rxface/operators/prepare', { threads, size, augment }), { capacity: CAPACITY });
}

/** Fills what is empty of a pool with the next candidates, as the network sees them now. */
export async function fillMetaPool(
  pool: MetaPool,
  model: Model,
  { signal, ...options }: CandidateOptions & { signal?: AbortSignal },
): Promise<void> {
  const empty = pool.slots - pool.filled;
  if (empty === 0) return;
  const filling = candidates(options, pool.taken)
    .pipe('some', take(empty))
    .pipe('batch', batch(BATCH, { partial: 'keep' }), { capacity: 2 })
    .pipe('fill', fillPool({ pool, model }), { capacity: 1 })
    .sink('filled', toEach<number>(() => {})); // prettier-ignore
  await run(filling, signal ? { signal } : {});
}

/**
 * Gives a pool that was loaded from a checkpoint its pixels back: reads the faces of its slots and draws them by their keys.
 *
 * @throws RxfaceError where data or augmentations are not those that the pool was filled with
 */
export async function restoreMetaPool(
  pool: MetaPool,
  { signal, ...options }: CandidateOptions & { signal?: AbortSignal },
): Promise<void> {
  const again = { ...options, keys: pool.missing(), stage: 'draw', ...(signal && { signal }) };
  await redraw(again, (sample) => pool.restore([sample]));
}
