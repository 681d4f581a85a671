import { PickledName, unpickle, type PickleRules } from '../../pipeline/bytes/pickle.ts';
import { FormatError } from '../../pipeline/errors.ts';

/** What insightface packs for verification: the encoded images of pair p are 2p and 2p + 1. */
export interface PairBin {
  images: Uint8Array[];
  /** [pairs] 1 where both show one person. */
  same: Uint8Array;
}

/** Whether a file that begins so is a pickle: of what the sources read, a .bin alone. */
export function isPickle(head: Uint8Array): boolean {
  return head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5;
}

/**
 * insightface's .bin (LFW, CFP, AgeDB-30, RFW, ...): the pickle of (images, issame), written by Python 2 or 3.
 *
 * Images are `str` of Python 2, `bytes`, or NumPy arrays of bytes; `issame` is a list or array of booleans. Nothing of the file is run.
 *
 * Layout: insightface `recognition/_datasets_/` packers (`lfw2pack.py`) and `eval/verification.py`, `load_bin`.
 *
 * @param file its name, for errors
 * @return images as views of `bytes` wherever they lie there as they are
 * @throws FormatError for anything else, at the byte where reading ends
 */
export function parsePairBin(bytes: Uint8Array, file: string): PairBin {
  const { value } = unpickle(bytes, file, RULES);
  const [bins, issame] = Array.isArray(value) && value.length === 2 ? (value as unknown[]) : [];
  if (bins === undefined) throw new FormatError(file, undefined, 'a pickled pair of images and issame');
  const images = listOf(bins).map((image, i) => {
    const found = image instanceof PickledArray ? image.bytes : image;
    if (!(found instanceof Uint8Array)) throw new FormatError(file, undefined, `an encoded image at ${i}`);
    return found;
  });
  const same = Uint8Array.from(listOf(issame), (one, i) => {
    const flag = one instanceof PickledArray ? one.bytes?.[0] : one;
    if (flag !== true && flag !== false && flag !== 0 && flag !== 1)
      throw new FormatError(file, undefined, `a boolean for pair ${i}`);
    return Number(flag);
  });
  if (images.length === 0 || images.length !== 2 * same.length)
    throw new FormatError(file, undefined, 'two images for each pair', `${images.length} images, ${same.length} pairs`);
  return { images, same };
}

/** A list as it is, an array of bytes as its elements; anything else is no list. */
function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return value instanceof PickledArray && value.bytes !== undefined ? Array.from(value.bytes) : [];
}

/** A NumPy array or scalar whose elements are one byte each. */
class PickledArray {
  bytes: Uint8Array | undefined;
  constructor(bytes?: Uint8Array) {
    this.bytes = bytes;
  }
}

/** A NumPy type of one byte; its state says byte order and alignment, which one byte has not. */
const ONE_BYTE = Symbol('type of one byte');

const RULES: PickleRules = {
  calls: {
    '_codecs.encode': ([text, encoding]) => latin1(text, textOf(encoding)),
    '__builtin__.bytes': () => new Uint8Array(),
    'builtins.bytearray': ([content = new Uint8Array()]) => demandBytes(content),
    'numpy.dtype': ([name]) => byteType(textOf(name)),
    ...byNames('multiarray._reconstruct', ([kind]) =>
      kind instanceof PickledName && kind.name === 'numpy.ndarray' ? new PickledArray() : wrong('a plain array'),
    ),
    ...byNames('multiarray.scalar', ([type, content]) => arrayOf(type, content)),
    ...byNames('numeric._frombuffer', ([content, type]) => arrayOf(type, content)),
  },
  persistent: () => wrong('no persistent id'),
  build(target, state) {
    if (target === ONE_BYTE) return true;
    if (!(target instanceof PickledArray) || !Array.isArray(state)) return false;
    const [, shape, type, , content] = state as unknown[];
    target.bytes = arrayOf(type, content).bytes;
    const size = Array.isArray(shape) ? shape.reduce((product: number, n) => product * Number(n), 1) : NaN;
    if (size !== target.bytes!.length) wrong('as many bytes as the shape of the array has');
    return true;
  },
  strings: 'bytes',
};

/** NumPy 2 moved `numpy.core` to `numpy._core`. */
function byNames<T>(name: string, call: T): Record<string, T> {
  return { [`numpy.core.${name}`]: call, [`numpy._core.${name}`]: call };
}

function arrayOf(type: unknown, content: unknown): PickledArray {
  return type === ONE_BYTE ? new PickledArray(demandBytes(content)) : wrong('an array of bytes');
}

function byteType(name: string | undefined): symbol {
  const known = name !== undefined && ['u1', '|u1', 'b1', '|b1'].includes(name);
  return known ? ONE_BYTE : wrong('elements of type u1 or b1');
}

/** Python 3 writes bytes for Python 2 as text of as many characters. */
function latin1(text: unknown, encoding: string | undefined): Uint8Array {
  if (typeof text !== 'string' || encoding !== 'latin1') return wrong('text in latin1');
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

function demandBytes(content: unknown): Uint8Array {
  return content instanceof Uint8Array ? content : wrong('bytes');
}

/** Short text, be it Python 2's or 3's. */
function textOf(value: unknown): string | undefined {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return typeof value === 'string' ? value : undefined;
}

/** The machine adds file and byte. */
function wrong(expected: string): never {
  throw new FormatError('', undefined, expected);
}
