/**
 * What of the tfjs-node backend the kernels use. Types only: `nativeBackend()` of load.ts gives the real thing.
 * dtypes are TensorFlow's: 1 float32, 3 int32, 4 uint8, 7 string, 9 int64, 10 bool, 14 bfloat16.
 */
import type { DataId, Tensor } from '@tensorflow/tfjs-core';

/** Attribute of an operation: its name, TF_AttrType and value, as the binding takes it. Lists of types or strings do not exist. */
export interface OpAttribute {
  name: string;
  /** TF_ATTR_STRING 0, INT 1, FLOAT 2, BOOL 3, TYPE 4, SHAPE 5. */
  type: number;
  value: string | number | boolean | readonly number[] | null;
}

/** A raw result: the caller owns it and frees it with `deleteTensor`. */
export interface NativeTensor {
  id: number;
  shape: number[];
  dtype: number;
}

export interface NativeBinding {
  readonly TF_Version: string;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  createTensor(shape: readonly number[], dtype: number, values: Float32Array | Int32Array | Uint8Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  /** Runs one operation eagerly; the order of `inputs` is the operation's own. */
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): NativeTensor[];
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(id: number, inputs: readonly number[], inputNames: string, outputNames: string): NativeTensor[];
  isUsingGpuDevice(): boolean;
  getNumOfTensors(): number;
}

/** The entry a tfjs tensor has in the native backend. */
export interface NativeEntry {
  shape: readonly number[];
  dtype: number;
  /** -1 until `values` are uploaded. */
  id: number;
  values: ArrayBufferView | null;
  refCount: number;
}

export interface NativeBackend {
  readonly binding: NativeBinding;
  readonly isUsingGpuDevice: boolean;
  readonly tensorMap: { get(id: DataId): NativeEntry; set(id: DataId, entry: NativeEntry): void };
  /** Uploads what is not there yet. */
  getInputTensorIds(tensors: readonly Tensor[]): number[];
  executeSingleOutput(name: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[]): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
}
