import { OptionError } from '../../pipeline/errors.ts';

/** Pixels of a side at most. */
const MOST = 4096;

/**
 * Refuses options that are not known.
 *
 * @param known Said in the error: 'size and augment are known'.
 * @throws OptionError naming the first
 */
export function refuseUnknown(rest: object, prefix: string, known: string, stage: string): void {
  const [name] = Object.keys(rest);
  if (name !== undefined) {
    throw new OptionError(stage, prefix + name, `left out: only ${known}`, Reflect.get(rest, name));
  }
}

/** Whether a value is a whole number in [1, most]. */
export function isWhole(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
}

/** [height, width] of faces. @throws OptionError for anything else */
export function faceSize(size: unknown, stage: string): readonly [number, number] {
  if (!Array.isArray(size) || size.length !== 2 || !size.every((side) => isWhole(side, MOST))) {
    throw new OptionError(stage, 'size', `[height, width], each a whole number in [1, ${MOST}]`, size);
  }
  return size as [number, number];
}
