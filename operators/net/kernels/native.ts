import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { nativeBackend, type OpAttribute } from '../../../pipeline/engine/load.ts';

/** An attribute of a TensorFlow op: name, kind, value. Types are numbers of TF_DataType (1 float32, 3 int32). */
export type Attribute = readonly [
  name: string,
  kind: 'TYPE' | 'INT' | 'FLOAT' | 'BOOL' | 'STRING',
  value: OpAttribute['value'],
];

export const FLOAT32: Attribute = ['T', 'TYPE', 1];

/** True where the live backend runs TensorFlow's own ops; else kernels use their portable twins. */
export function isNative(): boolean {
  return getBackend() === 'tensorflow';
}

/** Runs one TensorFlow op on the native backend. The caller owns the results. */
export function run(op: string, attributes: readonly Attribute[], inputs: Tensor[], outputs: number): Tensor[] {
  const live = nativeBackend();
  const wired = attributes.map(([name, kind, value]) => ({ name, type: live.binding[`TF_ATTR_${kind}`], value }));
  return live.executeMultipleOutputs(op, wired, inputs, outputs);
}

/** {@link run} for an op with one result. */
export function runOne(op: string, attributes: readonly Attribute[], inputs: Tensor[]): Tensor {
  return run(op, attributes, inputs, 1)[0]!;
}
