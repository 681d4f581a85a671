import {
  addN,
  dispose,
  mul,
  scalar,
  slice,
  sub,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { descendInPlace, type Rates } from '../net/kernels/descend.ts';
import { Fused } from '../net/kernels/fused.ts';
import type { RowTable } from '../net/kernels/rowTable.ts';
import type { ParamSpec } from '../net/layer.ts';

/** Rows of a table that take a step. */
export interface RowGroup extends Pick<ParamSpec, 'name' | 'role'> {
  table: RowTable;
  /** [R] which rows, and [R, D] what they are. */
  at: Int32Array;
  rows: Tensor2D;
  /** [R, 1], where the gradient is what is given less `along` x rows. */
  along?: Tensor2D | undefined;
}

/** Rows moved at a time, at most: so few that nothing on the way is large, so many that calls cost nothing. */
const MOST = 16_384;

const onePass = new Fused('descendRows', {
  maps: ['rows', 'gradient', 'velocity'],
  vector: 'shrink',
  others: ['momentum', 'learningRate'],
  nodes: [
    { name: 'shrinking', op: 'Mul', inputs: ['rows', 'shrink'] },
    { name: 'slope', op: 'AddV2', inputs: ['gradient', 'shrinking:z:0'] },
    { name: 'kept', op: 'Mul', inputs: ['velocity', 'momentum'] },
    { name: 'next', op: 'AddV2', inputs: ['slope:z:0', 'kept:z:0'] },
    { name: 'stride', op: 'Mul', inputs: ['next:z:0', 'learningRate'] },
    { name: 'moved', op: 'Sub', inputs: ['rows', 'stride:z:0'] },
  ],
  outputs: ['moved:z:0', 'next:z:0'],
});

/**
 * One step of some rows, as `descend` takes it: v = momentum v + (clip g + decay w), w = w - learningRate v, written back where
 * rows and velocity came from. The other rows stay as they are: neither decay nor momentum moves them.
 *
 * Rows, gradient and `along` are consumed.
 *
 * @param velocity a table of the same shape, zeros before the first step
 */
export function descendRows(
  { table, at, rows, along }: RowGroup,
  gradient: Tensor2D,
  velocity: RowTable,
  given: Rates,
): void {
  if (table.memory && velocity.memory) {
    descendInPlace(table.memory, velocity.memory, at, gradient, along, given);
    return dispose([rows, gradient, ...(along ? [along] : [])]);
  }
  const { learningRate, momentum, weightDecay, clip } = given;
  tidy(() => {
    const rates = { momentum: scalar(momentum), learningRate: scalar(learningRate) };
    const shrink = along ? sub(weightDecay, clip ? mul(along, clip) : along) : scalar(weightDecay);
    // Equal parts: each shape is compiled once.
    const size = Math.ceil(at.length / Math.ceil(at.length / MOST));
    for (let from = 0; from < at.length; from += size) {
      tidy(() => {
        const some = at.subarray(from, from + size);
        const part = (x: Tensor): Tensor => slice(x, [from, 0], [some.length, -1]);
        const slope = clip ? mul(part(gradient), clip) : part(gradient);
        const now = [part(rows), slope, velocity.take(some)] as const;
        const { weight, next } = step(now, along ? part(shrink) : shrink, rates);
        table.put(some, weight as Tensor2D);
        velocity.put(some, next as Tensor2D);
      });
    }
  });
  dispose([rows, gradient, ...(along ? [along] : [])]);
}

function step(
  [rows, gradient, velocity]: readonly [Tensor, Tensor, Tensor],
  shrink: Tensor,
  { momentum, learningRate }: { momentum: Scalar; learningRate: Scalar },
): { weight: Tensor; next: Tensor } {
  const fused = onePass.runBroadcast([rows, gradient, velocity, shrink, momentum, learningRate]);
  if (fused) return { weight: fused[0]!, next: fused[1]! };
  const next = addN([gradient, mul(rows, shrink), mul(velocity, momentum)]);
  return { weight: sub(rows, mul(next, learningRate)), next };
}
