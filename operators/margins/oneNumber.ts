import type { StateArray, StateMap } from '../../pipeline/contracts.ts';
import { FormatError } from '../../pipeline/errors.ts';

/** A number of a margin's state, as the checkpoint keeps it: an array [1]. */
export function saveOne(value: number, type: 'float' | 'count' = 'float'): StateArray {
  return { shape: [1], data: type === 'count' ? Int32Array.of(value) : Float32Array.of(value) };
}

/**
 * The way back.
 *
 * @throws FormatError where the state has no such array of one number
 */
export function loadOne(state: StateMap, name: string): number {
  const array = state[name];
  if (array?.data.length !== 1) throw new FormatError(name, undefined, 'an array of one number', array?.shape);
  return array.data[0]!;
}
