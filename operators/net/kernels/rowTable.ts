import { fill, keep, scalar, tensor1d, tensor2d, tidy, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { OptionError } from '../../../pipeline/errors.ts';
import { nativeBinding } from '../../../pipeline/engine/load.ts';
import { adopt, FLOAT32, hasOwn, isNative, run, runOne, type Attribute } from './native.ts';

/** Rows of numbers of which a step reads and writes a few, in place: however many there are, they exist once. */
export interface RowTable {
  /** [C, D]. */
  readonly shape: readonly [rows: number, width: number];
  /** Copies of these rows, [R, D], in the order of `at`; the caller owns them. */
  take(at: Int32Array): Tensor2D;
  /** Replaces these rows, each named once, by those of `values` [R, D], which stay the caller's. Nothing else changes. */
  put(at: Int32Array, values: Tensor2D): void;
  dispose(): void;
  /** The rows where they lie, where operations of our own change them in place. */
  readonly memory?: Tensor2D;
}

/**
 * A table of zeros. Where operations are our own a tensor that they change in place; natively without them a variable of TensorFlow's,
 * which tfjs counts as one tensor; elsewhere an array of JavaScript's.
 */
export function rowTable(rows: number, width: number): RowTable {
  if (hasOwn()) return rowTableOwn(rows, width);
  return isNative() ? rowTableNative(rows, width) : rowTablePortable(rows, width);
}

function rowTableOwn(rows: number, width: number): RowTable {
  const memory = keep(fill([rows, width], 0)) as Tensor2D;
  const placed = (at: Int32Array): Tensor => {
    const wrong = at.find((row) => !(row >= 0 && row < rows));
    if (wrong !== undefined) throw new OptionError('rowTable', 'at', `rows from 0 to ${rows - 1}`, wrong);
    return tensor1d(at, 'int32');
  };
  return {
    shape: [rows, width],
    memory,
    take: (at) =>
      tidy(() => {
        const attributes = [['Tparams', 'TYPE', 1], INDICES, ['Taxis', 'TYPE', 3], ['batch_dims', 'INT', 0]] as const;
        return runOne('GatherV2', attributes, [memory, placed(at), scalar(0, 'int32')]) as Tensor2D;
      }),
    put: (at, values) => tidy(() => void runOne('RxfacePutRows', [FLOAT32], [memory, placed(at), values])),
    dispose: () => memory.dispose(),
  };
}

const FLOAT: Attribute = ['dtype', 'TYPE', 1];
const INDICES: Attribute = ['Tindices', 'TYPE', 3];
/** Variables are found by their names, so these must differ in a process. */
let made = 0;

function rowTableNative(rows: number, width: number): RowTable {
  const handle = createVariable([rows, width]);
  return {
    shape: [rows, width],
    take: (at) =>
      tidy(() => {
        const attributes = [FLOAT, INDICES, ['batch_dims', 'INT', 0], ['validate_indices', 'BOOL', true]] as const;
        return runOne('ResourceGather', attributes, [handle, tensor1d(at, 'int32')]) as Tensor2D;
      }),
    put: (at, values) =>
      tidy(() => void run('ResourceScatterUpdate', [FLOAT, INDICES], [handle, tensor1d(at, 'int32'), values], 0)),
    dispose() {
      if (handle.isDisposed) return;
      run('DestroyResourceOp', [['ignore_lookup_error', 'BOOL', true]], [handle], 0);
      handle.dispose();
    },
  };
}

/** Its handle, which tfjs takes for a tensor as large as what it stands for; only the ops above may have it. */
function createVariable(shape: [number, number]): Tensor {
  const binding = nativeBinding();
  const attribute = (name: string, type: number, value: string | number | number[]) => ({ name, type, value });
  const [variable] = binding.executeOp(
    'VarHandleOp',
    [
      attribute('container', binding.TF_ATTR_STRING, ''),
      attribute('shared_name', binding.TF_ATTR_STRING, `rxface-table-${made++}`),
      attribute('dtype', binding.TF_ATTR_TYPE, 1),
      attribute('shape', binding.TF_ATTR_SHAPE, shape),
    ],
    [],
    1,
  );
  return tidy(() => {
    const handle = keep(adopt({ ...variable!, shape }));
    // The variable takes over the memory of these zeros; with the tensor gone it is the only owner and changes it in place.
    run('AssignVariableOp', [FLOAT], [handle, fill(shape, 0)], 0);
    return handle;
  });
}

function rowTablePortable(rows: number, width: number): RowTable {
  let all = new Float32Array(rows * width);
  return {
    shape: [rows, width],
    take(at) {
      const taken = new Float32Array(at.length * width);
      at.forEach((row, i) => taken.set(all.subarray(row * width, (row + 1) * width), i * width));
      return tensor2d(taken, [at.length, width]);
    },
    put(at, values) {
      const given = values.dataSync<'float32'>();
      at.forEach((row, i) => all.set(given.subarray(i * width, (i + 1) * width), row * width));
    },
    dispose() {
      all = new Float32Array(0);
    },
  };
}
