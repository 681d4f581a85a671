import { engine, getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { hasOperations, nativeBackend, type NativeTensor, type OpAttribute } from '../../../pipeline/engine/load.ts';

/** An attribute of a TensorFlow op: name, kind, value. Types are numbers of TF_DataType (1 float32, 3 int32). */
export type Attribute = readonly [
  name: string,
  kind: 'TYPE' | 'INT' | 'FLOAT' | 'BOOL' | 'STRING',
  value: OpAttribute['value'],
];

export const FLOAT32: Attribute = ['T', 'TYPE', 1];

/** TF_DataType of float32 and of bfloat16, which tfjs does not know: natively a tensor is that, in tfjs it is called float32. */
export type FloatType = 1 | 14;

/** What a float tensor is natively. Only kernels that ask this may take a bfloat16 tensor: others would misread it. */
export function floatType(x: Tensor): FloatType {
  return isNative() && nativeBackend().tensorMap.get(x.dataId).dtype === 14 ? 14 : 1;
}

/** The attribute T of an op whose values are of x's type. */
export function typeOf(x: Tensor): Attribute {
  return ['T', 'TYPE', floatType(x)];
}

/** True where the live backend runs TensorFlow's own ops; else kernels use their portable twins. */
export function isNative(): boolean {
  return getBackend() === 'tensorflow';
}

/** Channels that our own operations take at a time. */
const OWN_CHANNELS = 16;

/** True where our own operations run, and take maps of so many channels; else kernels use TensorFlow's. */
export function hasOwn(...channels: number[]): boolean {
  return hasOperations() && channels.every((count) => count % OWN_CHANNELS === 0);
}

/** Runs one TensorFlow op on the native backend. The caller owns the results. */
export function run(op: string, attributes: readonly Attribute[], inputs: Tensor[], outputs: number): Tensor[] {
  const live = nativeBackend();
  const wired = attributes.map(([name, kind, value]) => ({ name, type: live.binding[`TF_ATTR_${kind}`], value }));
  return live.binding.executeOp(op, wired, live.getInputTensorIds(inputs), outputs).map(adopt);
}

/** {@link run} for an op with one result. */
export function runOne(op: string, attributes: readonly Attribute[], inputs: Tensor[]): Tensor {
  return run(op, attributes, inputs, 1)[0]!;
}

/** A raw result of the binding as a tfjs tensor: tidy, dispose and memory() know it. */
export function adopt({ id, shape, dtype }: NativeTensor): Tensor {
  const dataId = {};
  nativeBackend().tensorMap.set(dataId, { shape, dtype, id, values: null, refCount: 1 });
  return engine().makeTensorFromTensorInfo({ dataId, shape, dtype: dtype === 3 ? 'int32' : 'float32' });
}
