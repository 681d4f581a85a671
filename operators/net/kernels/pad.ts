import { pad as stock, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { floatType, runOne, typeOf } from './native.ts';

/** x with `rows[axis]` = [before, after] zeros at the ends of each axis, in any precision. */
export function pad(x: Tensor, rows: readonly (readonly [number, number])[]): Tensor {
  if (floatType(x) === 1) return stock(x, rows as [number, number][]);
  const paddings = tensor2d(rows as [number, number][], [rows.length, 2], 'int32');
  const y = runOne('Pad', [typeOf(x), ['Tpaddings', 'TYPE', 3]], [x, paddings]);
  paddings.dispose();
  return y;
}
