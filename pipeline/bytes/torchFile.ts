import { FormatError } from '../errors.ts';
import { ELEMENT_BYTES, type ElementType, readElements, type ShapedArray, sizeOf } from './elements.ts';
import { PickledName, type PickleRules, unpickle } from './pickle.ts';
import { isZip, readStoredZip } from './storedZip.ts';

const TYPES: Record<string, ElementType> = {
  DoubleStorage: 'f8',
  FloatStorage: 'f4',
  HalfStorage: 'f2',
  BFloat16Storage: 'bf2',
  LongStorage: 'i8',
  IntStorage: 'i4',
  ByteStorage: 'u1',
  BoolStorage: 'u1',
};
// What PyTorch 0.1.10 to 1.5 wrote before everything else.
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const LEGACY_PROTOCOL = 1001;

/** Numbers that tensors are views of. */
interface Storage {
  key: string;
  type: ElementType;
  /** Elements. */
  length: number;
}

/** A tensor in a PyTorch file; its numbers are read when they are asked for. */
export class TorchTensor {
  readonly shape: readonly number[];
  readonly read: () => ShapedArray;
  constructor(shape: readonly number[], read: () => ShapedArray) {
    this.shape = shape;
    this.read = read;
  }
}

/** Whether a file that begins so is one of torch.save: a zip, or the pickle of PyTorch before 1.6. */
export function isTorchFile(head: Uint8Array): boolean {
  return isZip(head) || (head[0] === 0x80 && head[1] === 2 && head[2] === 0x8a && head[3] === 10);
}

/**
 * What torch.save wrote: dictionaries as Map, lists and tuples as arrays, tensors as {@link TorchTensor}.
 * Half and brain floats come as float32, 64-bit integers as int32 where all fit.
 *
 * Nothing of the file is run: it may rebuild tensors and ordered dictionaries, name classes, and hold plain values. Any other call is
 * refused by its name. Both containers are read: the zip of PyTorch 1.6 and later, and what came before.
 *
 * @param file name for messages
 * @throws FormatError at the byte that is wrong
 */
export function decodeTorch(bytes: Uint8Array, file: string): unknown {
  if (!isTorchFile(bytes)) throw new FormatError(file, 0, 'a file of torch.save');
  return isZip(bytes) ? decodeZip(bytes, file) : decodeLegacy(bytes, file);
}

function decodeZip(bytes: Uint8Array, file: string): unknown {
  const zip = readStoredZip(bytes, file);
  const pickle = zip.names.find((name) => /^[^/]*\/data\.pkl$/.test(name));
  if (pickle === undefined) throw new FormatError(file, undefined, "a file of torch.save, with 'data.pkl' in it");
  const folder = pickle.slice(0, -'data.pkl'.length);
  const order = `${folder}byteorder`;
  const endian = zip.names.includes(order) ? new TextDecoder().decode(zip.member(order)) : 'little';
  if (endian !== 'little') throw new FormatError(file, undefined, 'numbers in little-endian order', endian);
  const data = (key: string): Uint8Array => zip.member(`${folder}data/${key}`);
  return unpickle(zip.member(pickle), `${file}/${pickle}`, rulesOf(data, file)).value;
}

/** Five pickles, then each storage: its length as 64 bits and its numbers, in the order of the last pickle. */
function decodeLegacy(bytes: Uint8Array, file: string): unknown {
  const storages = new Map<string, Uint8Array>();
  const types = new Map<string, ElementType>();
  const rules = rulesOf(
    (key) => {
      const found = storages.get(key);
      if (found === undefined) throw new FormatError(file, undefined, `the numbers of storage '${key}'`);
      return found;
    },
    file,
    types,
  );
  let at = 0;
  const next = (): unknown => {
    const { value, end } = unpickle(bytes, file, rules, at);
    at = end;
    return value;
  };
  const [magic, protocol, system] = [next(), next(), next()];
  if (magic !== LEGACY_MAGIC || protocol !== LEGACY_PROTOCOL)
    throw new FormatError(file, 0, 'a file of torch.save', `${String(magic)}, ${String(protocol)}`);
  if (system instanceof Map && system.get('little_endian') === false)
    throw new FormatError(file, 0, 'numbers in little-endian order', 'big');
  const value = next();
  const keys = next();
  if (!Array.isArray(keys)) throw new FormatError(file, at, 'a list of storages');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const key of keys.map(String)) {
    const type = types.get(key);
    if (type === undefined || at + 8 > bytes.length) throw new FormatError(file, at, `storage '${key}'`);
    const end = at + 8 + Number(view.getBigUint64(at, true)) * ELEMENT_BYTES[type];
    if (!(end <= bytes.length)) throw new FormatError(file, at, `the numbers of storage '${key}' within the file`);
    storages.set(key, bytes.subarray(at + 8, end));
    at = end;
  }
  return value;
}

/** @param types takes the element type of every storage that is met */
function rulesOf(data: (key: string) => Uint8Array, file: string, types?: Map<string, ElementType>): PickleRules {
  const wrong = (expected: string): never => {
    throw new FormatError(file, undefined, expected);
  };
  const tensor = ([storage, offset, shape, strides]: readonly unknown[]): TorchTensor => {
    const whole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
    const all = (list: unknown): list is number[] => Array.isArray(list) && list.every(whole);
    if (!isStorage(storage) || !whole(offset) || !all(shape) || !all(strides) || shape.length !== strides.length)
      return wrong('a tensor: a storage, an offset, a shape and strides');
    const size = sizeOf(shape);
    const last = size === 0 ? -1 : shape.reduce((sum, n, axis) => sum + (n - 1) * strides[axis]!, offset);
    // A stride of 0 could make a few bytes into any number of them.
    if (!(last < storage.length && size <= storage.length)) return wrong('a tensor within its storage');
    return new TorchTensor(shape, () => strided(data(storage.key), storage, { offset, shape, strides }, file));
  };
  return {
    calls: {
      'torch._utils._rebuild_tensor_v2': tensor,
      'torch._utils._rebuild_tensor': tensor,
      'torch._utils._rebuild_parameter': ([value]) => (value instanceof TorchTensor ? value : wrong('a tensor')),
      'collections.OrderedDict': ([pairs = []]) => {
        if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2))
          return wrong('pairs of keys and values');
        return new Map(pairs as [unknown, unknown][]);
      },
      'torch.Size': ([dimensions]) => (Array.isArray(dimensions) ? dimensions : wrong('a list of dimensions')),
    },
    persistent: (id) => {
      const [kind, named, key, , length, view = null] = Array.isArray(id) ? (id as unknown[]) : [];
      const name = named instanceof PickledName ? named.name : '';
      const type = TYPES[/^torch\.(\w+)$/.exec(name)?.[1] ?? ''];
      if (
        kind !== 'storage' ||
        type === undefined ||
        typeof key !== 'string' ||
        !Number.isSafeInteger(length) ||
        view !== null
      )
        return wrong(`a storage of type ${Object.keys(TYPES).join(', ')}${name && `, not ${name}`}`);
      types?.set(key, type);
      return { key, type, length } as Storage;
    },
  };
}

function isStorage(value: unknown): value is Storage {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'key') && Object.hasOwn(value, 'type');
}

/** The elements of a view, row-major. */
function strided(
  bytes: Uint8Array,
  { key, type, length }: Storage,
  { offset, shape, strides }: { offset: number; shape: readonly number[]; strides: readonly number[] },
  file: string,
): ShapedArray {
  const width = ELEMENT_BYTES[type];
  if (bytes.length !== length * width)
    throw new FormatError(file, undefined, `${length * width} bytes in storage '${key}'`, bytes.length);
  const size = sizeOf(shape);
  const rowMajor = shape.every((n, axis) => n === 1 || strides[axis] === sizeOf(shape.slice(axis + 1)));
  if (rowMajor || size === 0) {
    const part = bytes.subarray(offset * width, (offset + size) * width);
    return { shape, data: readElements(type, part, file, 0) };
  }
  const all = readElements(type, bytes, file, 0);
  const data = all.slice(0, size);
  const index = shape.map(() => 0);
  for (let i = 0, at = offset; i < size; i++) {
    data[i] = all[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return { shape, data };
}
