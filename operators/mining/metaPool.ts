import type { StateArray, StateMap } from '../../pipeline/contracts.ts';
import { OptionError, RxfaceError, ShapeError } from '../../pipeline/errors.ts';
import { FACTORS, type Factor, type Key, type Sample } from '../../pipeline/items.ts';
import { keepLast, permutation } from '../../pipeline/order.ts';

export interface MetaPoolOptions {
  /** Faces of the meta set, |V|. */
  faces: number;
  /** Draws of one face, each augmented in its own way, that may be in the pool together; at least 1. Default 4. */
  draws?: number;
  /** Slots at most, at least 1. Default 8192. */
  most?: number;
  /** [height, width] of the faces. */
  size: readonly [number, number];
  /** Numbers in an embedding. */
  dimension: number;
  /** Keys the order in which slots are replaced. */
  seed: number;
}

/** Faces of the meta set at hand, each in one fixed draw with its pixels, its labels and what the network last made of it. */
export interface MetaPool {
  /** min(most, faces x draws). */
  readonly slots: number;
  /** Slots that hold a face: the first so many. */
  readonly filled: number;
  /** Faces taken since the start; how many of them were replaced is what goes beyond `slots`. */
  readonly taken: number;
  readonly size: readonly [number, number];
  readonly dimension: number;
  /** [slots, dimension], un-normalised; the pool's own, rows beyond `filled` mean nothing. */
  readonly embeddings: Float32Array;
  /** [slots] lengths of the embeddings, never 0; the pool's own. */
  readonly lengths: Float32Array;
  /** By factor a label for each slot, -1 for none; the pool's own. */
  readonly variation: Readonly<Record<Factor, Int32Array>>;
  /** What stands in a slot: its index in the meta set, and the draw by epoch and position. */
  key(slot: number): Key;
  /**
   * Takes prepared faces with their embeddings [n, dimension] into the next slots: first those that are empty, in order,
   * then each in a keyed order that comes anew when all have had their turn. Returns the slots.
   */
  put(faces: readonly Sample[], embeddings: Float32Array): Int32Array;
  /** New embeddings [n, dimension] of what stands in these slots. */
  refresh(slots: Int32Array, embeddings: Float32Array): void;
  /** Pixels [n, H, W, 3] of slots. @throws RxfaceError for a slot that is empty, or whose pixels have not been restored */
  pixels(slots: Int32Array): Uint8Array;
  /** Keys of slots whose pixels are missing since a state was loaded: a checkpoint has none. */
  missing(): Key[];
  /** Gives faces back to the slots that miss them. @throws RxfaceError for a face that no slot misses, or whose labels are not those it had */
  restore(faces: readonly Sample[]): void;
  /** 'pool.embeddings', 'pool.indices', 'pool.draws', 'pool.positions', 'pool.labels' [factors, slots] and 'pool.taken'. */
  state: { save(): StateMap; load(state: StateMap): void };
}

/**
 * The pool that meta batches are mined from (MvCoM, section 3.2.2): mined faces come from memory, never from disk.
 *
 * In plain words: some thousand faces of the meta set lie ready as the network sees them, and a few of them are exchanged
 * at each step.
 *
 * ```ts
 * const pool = metaPool({ faces: 2, draws: 1, size: [32, 32], dimension: 8, seed: 7 });
 * pool.put(faces, new Float32Array(16));
 * pool.filled; // 2
 * ```
 *
 * Memory: H x W x 3 + 4 x dimension + 36 bytes a slot; 8,192 faces of 112 x 112 are 308 MB of pixels and, of 512 numbers, 17 MB
 * of embeddings. In a checkpoint are the embeddings, labels and keys, not the pixels: they are drawn again by their keys.
 *
 * @throws OptionError where an option is outside its bounds
 */
export function metaPool(options: MetaPoolOptions): MetaPool {
  const { faces, draws = 4, most = 8192, size, dimension, seed } = options;
  for (const [name, value] of Object.entries({ faces, draws, most, dimension }))
    if (!(Number.isInteger(value) && value >= 1))
      throw new OptionError('metaPool', name, 'a whole number of at least 1', value);
  const slots = Math.min(most, faces * draws);
  const [height, width] = size;
  const each = height * width * 3;
  const all = new Uint8Array(slots * each);
  const embeddings = new Float32Array(slots * dimension);
  const lengths = new Float32Array(slots);
  const column = (): Int32Array => new Int32Array(slots).fill(-1);
  const keys = { indices: column(), draws: column(), positions: column() };
  const variation = Object.fromEntries(FACTORS.map((factor) => [factor, column()])) as Record<Factor, Int32Array>;
  const present = new Uint8Array(slots);
  let taken = 0;
  const order = keepLast((round) => permutation(slots, seed, 'metaPool', round));
  const slotOf = (n: number): number => (n < slots ? n : order(Math.floor(n / slots))(n % slots));
  const key = (slot: number): Key => ({
    epoch: keys.draws[slot]!,
    position: keys.positions[slot]!,
    index: keys.indices[slot]!,
  });
  const filled = (): number => Math.min(taken, slots);
  const setPixels = (slot: number, { id, pixels }: Sample): void => {
    if (pixels?.length !== each) throw new ShapeError(`metaPool at ${id}`, `[${height}, ${width}, 3]`, [pixels?.length ?? 0]); // prettier-ignore
    all.set(pixels, slot * each);
    present[slot] = 1;
  };
  const setEmbedding = (slot: number, values: Float32Array): void => {
    embeddings.set(values, slot * dimension);
    lengths[slot] = Math.max(Math.sqrt(values.reduce((sum, x) => sum + x * x, 0)), 1e-12);
  };
  const row = (values: Float32Array, i: number): Float32Array => values.subarray(i * dimension, (i + 1) * dimension);
  const demandRows = (rows: number, values: Float32Array): void => {
    if (values.length !== rows * dimension)
      throw new ShapeError('metaPool', `[${rows}, ${dimension}] embeddings`, [values.length]);
  };
  return {
    slots,
    size,
    dimension,
    embeddings,
    lengths,
    variation,
    get filled() {
      return filled();
    },
    get taken() {
      return taken;
    },
    key,
    put(samples, values) {
      demandRows(samples.length, values);
      return Int32Array.from(samples, (sample, i) => {
        const slot = slotOf(taken);
        setPixels(slot, sample);
        taken++;
        setEmbedding(slot, row(values, i));
        keys.indices[slot] = sample.index;
        keys.draws[slot] = sample.epoch;
        keys.positions[slot] = sample.position;
        for (const factor of FACTORS) variation[factor][slot] = sample.variation?.[factor] ?? -1;
        return slot;
      });
    },
    refresh(at, values) {
      demandRows(at.length, values);
      for (const [i, slot] of at.entries()) setEmbedding(slot, row(values, i));
    },
    pixels(at) {
      const out = new Uint8Array(at.length * each);
      for (const [i, slot] of at.entries()) {
        if (present[slot] !== 1) throw new RxfaceError(`metaPool: slot ${slot} has no pixels`);
        out.set(all.subarray(slot * each, (slot + 1) * each), i * each);
      }
      return out;
    },
    missing: () => Array.from({ length: filled() }, (_, slot) => slot).filter((slot) => !present[slot]).map(key), // prettier-ignore
    restore(samples) {
      const missing = new Map<string, number>();
      for (let slot = 0; slot < filled(); slot++) if (!present[slot]) missing.set(textOf(key(slot)), slot);
      for (const sample of samples) {
        const slot = missing.get(textOf(sample));
        if (slot === undefined) throw new RxfaceError(`metaPool: no slot misses '${sample.id}', ${textOf(sample)}`);
        const other = FACTORS.find((factor) => variation[factor][slot] !== (sample.variation?.[factor] ?? -1));
        if (other !== undefined)
          throw new RxfaceError(
            `metaPool: '${sample.id}' had the ${other} label ${variation[other][slot]} when the checkpoint was written ` +
              `and has ${sample.variation?.[other] ?? -1} now: data or augmentations are others`,
          );
        setPixels(slot, sample);
      }
    },
    state: {
      save: () => ({
        'pool.embeddings': { shape: [slots, dimension], data: embeddings.slice() },
        ...Object.fromEntries(
          Object.entries(keys).map(([name, data]) => [`pool.${name}`, { shape: [slots], data: data.slice() }]),
        ),
        'pool.labels': {
          shape: [FACTORS.length, slots],
          data: Int32Array.from(FACTORS.flatMap((factor) => Array.from(variation[factor]))),
        },
        'pool.taken': { shape: [1], data: Int32Array.of(taken) },
      }),
      load(state) {
        const saved = arraysOf(state, slots, dimension);
        const rows = Float32Array.from(saved.embeddings.data);
        for (let slot = 0; slot < slots; slot++) setEmbedding(slot, row(rows, slot));
        for (const [name, column] of Object.entries(keys)) column.set(saved[name as keyof typeof keys].data);
        for (const [k, factor] of FACTORS.entries())
          variation[factor].set(saved.labels.data.subarray(k * slots, (k + 1) * slots));
        taken = saved.taken.data[0]!;
        present.fill(0);
      },
    },
  };
}

function textOf({ epoch, position, index }: Key): string {
  return `image ${index} at position ${position} of epoch ${epoch}`;
}

/** The arrays of a saved pool. @throws ShapeError where one is missing or of another pool */
function arraysOf(
  state: StateMap,
  slots: number,
  dimension: number,
): Record<'embeddings' | 'indices' | 'draws' | 'positions' | 'labels' | 'taken', StateArray> {
  const array = (name: string, ...shape: number[]): StateArray => {
    const found = state[`pool.${name}`];
    if (found?.shape.join() !== shape.join())
      throw new ShapeError(`pool.${name}`, `[${shape.join(', ')}]`, found?.shape ?? []);
    return found!;
  };
  return {
    embeddings: array('embeddings', slots, dimension),
    indices: array('indices', slots),
    draws: array('draws', slots),
    positions: array('positions', slots),
    labels: array('labels', FACTORS.length, slots),
    taken: array('taken', 1),
  };
}
