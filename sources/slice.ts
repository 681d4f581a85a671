import { OptionError } from '../pipeline/errors.ts';
import { wholeNumber } from '../pipeline/sampler.ts';
import { indexed, type IndexedSource } from './indexed.ts';
import { picked } from './only.ts';

/** One of `of` contiguous parts of a source, `part` counted from 0. */
export interface Slice {
  part: number;
  of: number;
}

/** Where a slice of so many images begins, and where it ends: before `to`. */
export function sliceBounds(length: number, { part, of }: Slice): { from: number; to: number } {
  return { from: Math.floor((part * length) / of), to: Math.floor(((part + 1) * length) / of) };
}

/**
 * One of n contiguous parts of a source, so that n machines can share it: the parts one after another are the source,
 * none larger than another by more than one image. Order, labels, people and faults stay those of the whole source.
 *
 * ```ts
 * const second = slice(tar('faces.tar'), { part: 1, of: 4 });
 * ```
 *
 * @throws OptionError a part that there is not; when it is opened, more parts than images
 */
export function slice(source: IndexedSource, { part, of }: Slice): IndexedSource {
  wholeNumber('slice', 'of', of);
  if (!(Number.isSafeInteger(part) && part >= 0 && part < of))
    throw new OptionError('slice', 'part', `a whole number from 0 to ${of - 1}`, part);
  return indexed(source.name, [source], async () => {
    const { length } = source.labels;
    if (of > length) throw new OptionError('slice', 'of', `at most ${length}, the images of ${source.name}`, of);
    const { from, to } = sliceBounds(length, { part, of });
    const kept = Int32Array.from({ length: to - from }, (_, i) => from + i);
    return { ...picked(source, kept), faults: source.faults ?? [] };
  });
}
