import { tensor2d, tidy, transpose, type Tensor2D } from '@tensorflow/tfjs-core';
import type { StateArray, StateMap } from '../../pipeline/contracts.ts';
import { OptionError, ShapeError } from '../../pipeline/errors.ts';
import { CENTRES, checkSizes, drawCentre } from './centres.ts';
import { rowTable, type RowTable } from './kernels/rowTable.ts';
import { sampleClasses } from './sampleClasses.ts';

/** Class centres of which a sample takes part in a step. They belong to the caller, a step replaces those it took in place. */
export interface SampledCentres {
  readonly dimension: number;
  readonly classes: number;
  /** Share of the classes that takes part in a step. */
  readonly rate: number;
  /** The centres of the batch's own classes and a sample of the others, keyed by seed and step. */
  take(labels: Int32Array, key: { seed: number; step: number }): TakenCentres;
  /** `head.kernel` [D, C], as all centres have it: one copy. */
  save(): StateMap;
  /** @throws ShapeError where `head.kernel` is missing or of other classes or another dimension */
  load(state: StateMap): void;
  dispose(): void;
}

/** What takes part in a step, ready for the head. */
export interface TakenCentres {
  /** [R, D] the caller's. */
  kernel: Tensor2D;
  layout: 'rows';
  /** [B] places of the batch's classes among the R. */
  labels: Int32Array;
  /** Where the rows go back to, and their [R] numbers there. */
  table: RowTable;
  at: Int32Array;
}

/** Floats in the one array that a checkpoint's centres are: what Node's largest holds. */
const MOST = 2 ** 30;
/** Centres drawn, read back or loaded at a time. */
const BLOCK = 4096;

/**
 * Class centres for many identities: in each step those of the batch's people and a keyed sample of the others take part.
 *
 * In plain words: with a million people nobody has to be compared with all the others at once; a tenth of them, others in
 * each step, teach the network as much. Centres that a step did not take are as they were: neither weight decay nor momentum
 * moves them. PartialFC v2 of insightface moves them by both (its gradient is full of zeros).
 *
 * An et al., "Partial FC: Training 10 Million Identities on a Single Machine" (2021). Memory: the centres once and, with the
 * first step, their momentum once; what a step takes comes and goes. Every margin works on the sampled classes as if there
 * were no others: their cosines, what is hard among them, the probability of the own class. First centres are those of
 * `classCentres` with the same seed, and either loads what the other saved.
 *
 * @param options.dimension D, numbers in an embedding
 * @param options.classes C, people
 * @param options.rate share of the classes that takes part in a step, in (0, 1]; 1: all, as `classCentres` has it
 * @param options.seed of the first centres; without one they are all 0, to be loaded
 * @throws OptionError where an option is outside its bounds
 */
export function sampledCentres(options: {
  dimension: number;
  classes: number;
  rate: number;
  seed?: number;
}): SampledCentres {
  const { dimension, classes, rate, seed } = options;
  checkSizes('sampledCentres', { dimension, classes });
  if (!(rate > 0 && rate <= 1)) throw new OptionError('sampledCentres', 'rate', 'in (0, 1]', rate);
  const most = Math.floor(MOST / dimension);
  if (classes > most) throw new OptionError('sampledCentres', 'classes', `at most ${most} of ${dimension} numbers`, classes); // prettier-ignore
  const table = rowTable(classes, dimension);
  if (seed !== undefined) {
    for (const at of blocks(classes)) {
      const drawn = new Float32Array(at.length * dimension);
      at.forEach((c, i) => drawn.set(drawCentre(dimension, c, seed), i * dimension));
      tidy(() => table.put(at, tensor2d(drawn, [at.length, dimension])));
    }
  }
  return {
    dimension,
    classes,
    rate,
    take(labels, key) {
      const { classes: at, places } = sampleClasses({ classes, rate }, labels, key);
      return { kernel: table.take(at), layout: 'rows', labels: places, table, at };
    },
    save: () => ({ [CENTRES]: columnsOf(table) }),
    load: (state) => putColumns(table, state[CENTRES]),
    dispose: () => table.dispose(),
  };
}

/** A table [C, D] as a checkpoint has it, [D, C]: one array, filled a few rows at a time. */
export function columnsOf(table: RowTable): StateArray {
  const [rows, width] = table.shape;
  const data = new Float32Array(rows * width);
  for (const at of blocks(rows)) {
    // Nothing is returned: a tidy would walk through every number.
    tidy(() => {
      const columns = transpose(table.take(at)).dataSync<'float32'>();
      for (let d = 0; d < width; d++) data.set(columns.subarray(d * at.length, (d + 1) * at.length), d * rows + at[0]!);
    });
  }
  return { shape: [width, rows], data };
}

/**
 * The way back of {@link columnsOf}.
 *
 * @throws ShapeError where the array is missing or of another shape
 */
export function putColumns(table: RowTable, array: StateArray | undefined): void {
  const [rows, width] = table.shape;
  if (array?.shape[0] !== width || array.shape[1] !== rows) {
    throw new ShapeError(CENTRES, `[${width}, ${rows}]`, array?.shape ?? []);
  }
  for (const at of blocks(rows)) {
    const columns = new Float32Array(at.length * width);
    for (let d = 0; d < width; d++) {
      const first = d * rows + at[0]!;
      columns.set(array.data.subarray(first, first + at.length), d * at.length);
    }
    tidy(() => table.put(at, transpose(tensor2d(columns, [width, at.length]))));
  }
}

/** All rows, a block at a time. */
function* blocks(rows: number): Generator<Int32Array> {
  for (let from = 0; from < rows; from += BLOCK) {
    yield Int32Array.from({ length: Math.min(BLOCK, rows - from) }, (_, i) => from + i);
  }
}
