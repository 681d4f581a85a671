import { FormatError } from '../errors.ts';

/** A class or function that a pickle names and does not call: a name, nothing else. */
export class PickledName {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** What a pickle may do besides building plain values. */
export interface PickleRules {
  /** The calls that are allowed, by 'module.name'; they get the pickle's arguments, whatever these are. */
  calls: Readonly<Record<string, (args: readonly unknown[]) => unknown>>;
  /** What a persistent id stands for; it throws for what it does not know. */
  persistent(id: unknown): unknown;
  /** Gives a value that a call made its state; false where that value has none. Default: none has. */
  build?(target: unknown, state: unknown): boolean;
  /** What a `str` of Python 2 is, which may be either. Default 'text'. */
  strings?: 'text' | 'bytes';
}

const MARK = Symbol('mark');
const TEXT = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads one pickle of protocol 2 to 5: None, booleans, numbers (beyond 2^53 as bigint), text, bytes, tuples and lists (arrays),
 * sets, dictionaries (Map: any key, and none is special).
 *
 * In plain words: a pickle is a program, and running somebody's program is no way to read his weights. This machine can build plain
 * values; a class is a name to it, and a call that `rules` does not list ends the reading.
 *
 * @param file name for messages
 * @param start byte of `bytes` at which it begins
 * @return the value, and the byte behind its end
 * @throws FormatError at the byte that is wrong: cut off, a call or an object that is not allowed (named), an opcode of another protocol
 */
export function unpickle(
  bytes: Uint8Array,
  file: string,
  rules: PickleRules,
  start = 0,
): { value: unknown; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: unknown[] = [];
  const memo = new Map<number, unknown>();
  let at = start;
  let opcodeAt = start;

  const refuse = (expected: string, found?: unknown): never => {
    throw new FormatError(file, opcodeAt, expected, found);
  };
  const take = (count: number): number => {
    if (!(count <= bytes.length - at)) refuse(`${count} more bytes of a pickle`, `${bytes.length - at}`);
    at += count;
    return at - count;
  };
  const blob = (length: number): Uint8Array => bytes.subarray(take(length), at);
  const text = (length: number): string => {
    try {
      return TEXT.decode(blob(length));
    } catch (error) {
      if (error instanceof FormatError) throw error;
      return refuse('UTF-8 text');
    }
  };
  const string = rules.strings === 'bytes' ? blob : text;
  const line = (): string => {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) return refuse('a line of text');
    const found = text(end - at);
    at++;
    return found;
  };
  const u1 = (): number => view.getUint8(take(1));
  const u4 = (): number => view.getUint32(take(4), true);
  const u8 = (): number => Number(view.getBigUint64(take(8), true));

  const pop = (): unknown => {
    if (stack.length === 0 || stack.at(-1) === MARK) refuse('a value on the stack of the pickle');
    return stack.pop();
  };
  const top = (): unknown => {
    if (stack.length === 0 || stack.at(-1) === MARK) refuse('a value on the stack of the pickle');
    return stack.at(-1);
  };
  const popMark = (): unknown[] => {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) refuse('a mark on the stack of the pickle');
    const items = stack.splice(mark + 1);
    stack.pop();
    return items;
  };
  const tuple = (count: number): unknown[] => {
    const items = Array.from({ length: count }, pop);
    return items.toReversed();
  };
  const append = (items: readonly unknown[]): void => {
    const list = top();
    if (!Array.isArray(list)) return refuse('a list to append to');
    for (const item of items) list.push(item);
  };
  const set = (pairs: readonly unknown[]): void => {
    const map = top();
    if (!(map instanceof Map) || pairs.length % 2 !== 0) return refuse('a dictionary and pairs of keys and values');
    for (let i = 0; i < pairs.length; i += 2) map.set(pairs[i], pairs[i + 1]);
  };
  const add = (items: readonly unknown[]): void => {
    const into = top();
    if (!(into instanceof Set)) return refuse('a set to add to');
    for (const item of items) into.add(item);
  };
  const recall = (key: number): unknown => {
    if (!memo.has(key)) refuse('a value remembered before', key);
    return memo.get(key);
  };
  const named = (module: unknown, name: unknown): PickledName => {
    if (typeof module !== 'string' || typeof name !== 'string') return refuse('a name of two texts');
    return new PickledName(`${module}.${name}`);
  };
  const call = (args: unknown, callee: unknown): unknown => {
    const name = callee instanceof PickledName ? callee.name : undefined;
    if (name === undefined || !Array.isArray(args)) return refuse('a named call with a tuple of arguments');
    if (!Object.hasOwn(rules.calls, name)) refuse('tensors and plain containers alone, no call', name);
    return within(() => rules.calls[name]!(args));
  };
  const build = (state: unknown, target: unknown): void => {
    if (within(() => rules.build?.(target, state) === true)) return;
    // Attributes of an ordered dictionary: PyTorch keeps the versions of its modules there.
    if (!(target instanceof Map && state instanceof Map))
      refuse('tensors and plain containers alone, no object with a state of its own', describe(target));
  };
  /** What the rules throw gets its place. */
  const within = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw error instanceof FormatError && error.offset === undefined
        ? new FormatError(file, opcodeAt, error.expected)
        : error;
    }
  };

  /** Opcodes by their byte; each leaves the stack as Python's pickle.py does. */
  const steps: Record<number, () => void> = {
    0x28: () => void stack.push(MARK), // (
    0x30: () => void (stack.at(-1) === MARK ? stack.pop() : pop()), // 0 POP
    0x31: () => void popMark(), // 1 POP_MARK
    0x32: () => void stack.push(top()), // 2 DUP
    0x47: () => void stack.push(view.getFloat64(take(8), false)), // G BINFLOAT
    0x4a: () => void stack.push(view.getInt32(take(4), true)), // J BININT
    0x4b: () => void stack.push(u1()), // K BININT1
    0x4d: () => void stack.push(view.getUint16(take(2), true)), // M BININT2
    0x4e: () => void stack.push(null), // N NONE
    0x51: () => {
      const id = pop();
      stack.push(within(() => rules.persistent(id))); // Q BINPERSID
    },
    0x52: () => void stack.push(call(pop(), pop())), // R REDUCE
    0x54: () => void stack.push(string(u4())), // T BINSTRING
    0x55: () => void stack.push(string(u1())), // U SHORT_BINSTRING
    0x42: () => void stack.push(blob(u4())), // B BINBYTES
    0x43: () => void stack.push(blob(u1())), // C SHORT_BINBYTES
    0x58: () => void stack.push(text(u4())), // X BINUNICODE
    0x5d: () => void stack.push([]), // ] EMPTY_LIST
    0x61: () => append([pop()]), // a APPEND
    0x62: () => build(pop(), top()), // b BUILD
    0x63: () => void stack.push(named(line(), line())), // c GLOBAL
    0x65: () => append(popMark()), // e APPENDS
    0x68: () => void stack.push(recall(u1())), // h BINGET
    0x6a: () => void stack.push(recall(u4())), // j LONG_BINGET
    0x6c: () => void stack.push(popMark()), // l LIST
    0x64: () => {
      const pairs = popMark();
      stack.push(new Map());
      set(pairs); // d DICT
    },
    0x71: () => void memo.set(u1(), top()), // q BINPUT
    0x72: () => void memo.set(u4(), top()), // r LONG_BINPUT
    0x73: () => {
      const value = pop();
      set([pop(), value]); // s SETITEM
    },
    0x74: () => void stack.push(popMark()), // t TUPLE
    0x75: () => set(popMark()), // u SETITEMS
    0x7d: () => void stack.push(new Map()), // } EMPTY_DICT
    0x29: () => void stack.push([]), // ) EMPTY_TUPLE
    0x80: () => {
      const protocol = u1();
      if (protocol < 2 || protocol > 5) refuse('a pickle of protocol 2 to 5', protocol);
    },
    0x81: () => void stack.push(call(pop(), pop())), // NEWOBJ
    0x85: () => void stack.push(tuple(1)), // TUPLE1
    0x86: () => void stack.push(tuple(2)), // TUPLE2
    0x87: () => void stack.push(tuple(3)), // TUPLE3
    0x88: () => void stack.push(true), // NEWTRUE
    0x89: () => void stack.push(false), // NEWFALSE
    0x8a: () => void stack.push(integer(blob(u1()))), // LONG1
    0x8c: () => void stack.push(text(u1())), // SHORT_BINUNICODE
    0x8d: () => void stack.push(text(u8())), // BINUNICODE8
    0x8e: () => void stack.push(blob(u8())), // BINBYTES8
    0x8f: () => void stack.push(new Set()), // EMPTY_SET
    0x90: () => add(popMark()), // ADDITEMS
    0x91: () => void stack.push(new Set(popMark())), // FROZENSET
    0x93: () => {
      const name = pop();
      stack.push(named(pop(), name)); // STACK_GLOBAL
    },
    0x94: () => void memo.set(memo.size, top()), // MEMOIZE
    0x95: () => void u8(), // FRAME: its length is of use to streams alone
    0x96: () => void stack.push(blob(u8())), // BYTEARRAY8
  };

  if (bytes[start] !== 0x80) refuse('a pickle of protocol 2 to 5', bytes[start]);
  for (;;) {
    opcodeAt = at;
    const opcode = u1();
    if (opcode === 0x2e) return { value: pop(), end: at };
    const step = steps[opcode];
    if (step === undefined) refuse('an opcode of plain values', `0x${opcode.toString(16)}`);
    step!();
  }
}

/** Little-endian two's complement of any length. */
function integer(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  const exact = bytes.length === 0 ? 0n : BigInt.asIntN(8 * bytes.length, value);
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
}

function describe(value: unknown): string {
  if (value instanceof PickledName) return value.name;
  return value === null || typeof value !== 'object' ? typeof value : value.constructor.name;
}
