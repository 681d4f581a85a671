import type { Source } from './contracts.ts';
import { OptionError } from './errors.ts';
import { blockPermutation, keepLast, permutation } from './order.ts';

/**
 * Which index of a source stands at each position of an epoch.
 *
 * A pure function of its arguments, with random access: the position is all the state there is, so a run resumes
 * anywhere, and batches do not depend on who reads them.
 */
export interface Sampler {
  /** Positions of an epoch. */
  readonly length: number;
  /** Index in the source, from 0 to its length - 1. Epoch and position count from 0. */
  at(epoch: number, position: number): number;
}

/** What a sampler may know of its source, which is open by then. */
export type Sampled = Pick<Source<unknown>, 'name' | 'labels'> & { readonly length: number };

/** Makes a sampler for a source. `key` is the seed of the run and the name of the source; what is drawn hangs on it. */
export type Sampling = (source: Sampled, key: readonly (number | string)[]) => Sampler;

/**
 * How a source is shuffled. 'none': in its own order. 'full': every epoch another permutation, keyed by (seed, name, epoch).
 * 'blocks': the same in blocks of neighbours, `blocks()`. Or a sampling: `blocks`, `identities`, `classWeighted`, `mixture`, your own.
 */
export type Shuffle = 'full' | 'blocks' | 'none' | Sampling;

/** The sampling that a shuffle names. */
export function samplingOf(shuffle: Shuffle): Sampling {
  if (typeof shuffle === 'function') return shuffle;
  return { full, none, blocks: blocks() }[shuffle];
}

const none: Sampling = ({ length }) => ({ length, at: (_, position) => position });

const full: Sampling = ({ length }, key) => {
  const order = keepLast((epoch) => permutation(length, ...key, epoch));
  return { length, at: (epoch, position) => order(epoch)(position) };
};

/**
 * Shuffles blocks of neighbouring records, and the records within a window of blocks: for disks that hate random reads.
 * `blockPermutation` says how far that spreads.
 *
 * ```ts
 * graph('train').source('faces', recordIO('train.rec'), { shuffle: blocks({ block: 512, window: 8 }) });
 * ```
 *
 * @param block records read side by side, 1 or more. Default 256: about 2 MB of faces, which a disk reads in the time it takes to find them
 * @param window blocks whose records are mixed, 1 or more. Default 16
 * @throws OptionError
 */
export function blocks({ block = 256, window = 16 }: { block?: number; window?: number } = {}): Sampling {
  wholeNumber('blocks', 'block', block);
  wholeNumber('blocks', 'window', window);
  return ({ length }, key) => {
    const order = keepLast((epoch) => blockPermutation(length, { block, window }, ...key, epoch));
    return { length, at: (epoch, position) => order(epoch)(position) };
  };
}

/** @throws OptionError for what is no whole number of at least 1 */
export function wholeNumber(stage: string, option: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= 1))
    throw new OptionError(stage, option, 'a whole number of at least 1', value);
}
