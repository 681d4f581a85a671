import type { Tensor } from '@tensorflow/tfjs-core';
import { floatType, runOne, type FloatType } from './native.ts';

export type Precision = 'float32' | 'bfloat16';

const TYPES: Record<Precision, FloatType> = { float32: 1, bfloat16: 14 };

/** x with values of another precision, rounded to nearest; the caller owns the result, also where nothing had to change. */
export function cast(x: Tensor, to: Precision): Tensor {
  const [from, type] = [floatType(x), TYPES[to]];
  if (from === type) return x.clone();
  return runOne('Cast', [['SrcT', 'TYPE', from], ['DstT', 'TYPE', type], ['Truncate', 'BOOL', false]], [x]); // prettier-ignore
}

/** What x is natively. */
export function precisionOf(x: Tensor): Precision {
  return floatType(x) === TYPES.bfloat16 ? 'bfloat16' : 'float32';
}

/** w in the precision of x. */
export function castLike(w: Tensor, x: Tensor): Tensor {
  return cast(w, precisionOf(x));
}
