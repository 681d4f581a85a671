import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PickledName, type PickleRules, unpickle } from '../../../pipeline/bytes/pickle.ts';
import { RxfaceError } from '../../../pipeline/errors.ts';

const NOTHING: PickleRules = {
  calls: { 'here.double': ([x]) => 2 * Number(x) },
  persistent: (id) => ({ id }),
};

/** A pickle of protocol 2 made of opcodes in text and bytes. */
function pickle(...parts: (string | number | number[])[]): Uint8Array {
  return Buffer.concat([
    Buffer.of(0x80, 2),
    ...parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part].flat()))),
    Buffer.from('.'),
  ]);
}

function read(...parts: (string | number | number[])[]): unknown {
  return unpickle(pickle(...parts), 'a.pkl', NOTHING).value;
}

/** As Python's pickle.dumps(value, protocol) writes them; protocols 2 and 3 have no sets without a call. */
const DUMPED: Record<number, string> = {
  2: '80027d71002858010000006171015d7102284b014740040000000000004e884a90eefeff4a701101006558010000007871034d2c018671048a0900000000000000004058010000006571055d7106285d71072965752e',
  3: '80037d71002858010000006171015d7102284b014740040000000000004e884a90eefeff4a701101006558010000007871034d2c018671048a0900000000000000004058010000006571055d7106285d71072965752e',
  4: '8004954d000000000000007d94288c0161945d94284b014740040000000000004e884a90eefeff4a70110100658c0178944d2c0186948a090000000000000000408c0173948f94284b01908c0165945d94285d942965752e',
  5: '8005954d000000000000007d94288c0161945d94284b014740040000000000004e884a90eefeff4a70110100658c0178944d2c0186948a090000000000000000408c0173948f94284b01908c0165945d94285d942965752e',
};

describe('unpickle', () => {
  it.each([2, 3, 4, 5])('reads a dictionary of plain values, of any keys (protocol %i)', (protocol) => {
    const expected: [unknown, unknown][] = [
      ['a', [1, 2.5, null, true, -70000, 70000]],
      [['x', 300], 2n ** 70n],
      ...(protocol > 3 ? [['s', new Set([1])] as [unknown, unknown]] : []),
      ['e', [[], []]],
    ];
    const bytes = Buffer.from(DUMPED[protocol]!, 'hex');
    const { value, end } = unpickle(bytes, 'a.pkl', NOTHING);
    expect([...(value as Map<unknown, unknown>)]).toEqual(expected);
    expect(end).toBe(bytes.length);
  });

  it.each([
    ['K', [0x4b, 255], 255],
    ['M', [0x4d, 1, 2], 513],
    ['LONG1 of nothing', [0x8a, 0], 0],
    ['LONG1', [0x8a, 2, 0, 0xff], -256],
    ['LONG1 beyond 2^53', [0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0x40], 2n ** 62n],
    ['a Python 2 text', [0x55, 2, 0x68, 0x69], 'hi'],
  ])('reads %s', (_, bytes, value) => expect(read(bytes)).toEqual(value));

  it('remembers by index, and by turn', () => {
    expect(read('](', [0x4b, 1], [0x71, 7], [0x68, 7], 'e')).toEqual([1, 1]);
  });

  it('calls what the rules list, and asks them about persistent ids', () => {
    expect(read('chere\ndouble\n', [0x4b, 21], 0x85, 'R')).toBe(42);
    expect(read([0x4b, 5], 'Q')).toEqual({ id: 5 });
  });

  it('takes a class that is not called for a name', () => {
    expect(read('cos\nsystem\n')).toEqual(new PickledName('os.system'));
  });

  it('holds a key that JavaScript would trip over', () => {
    expect(read('}', [0x55, 9], '__proto__', [0x4b, 1], 's')).toEqual(new Map([['__proto__', 1]]));
  });

  it.each([
    ['a call', ['cos\nsystem\n', [0x55, 2], 'ls', 0x85, 'R'], /byte 18: expected tensors .* found 'os.system'/],
    ['an object', ['cos\nPopen\n)', 0x81], /no call, found 'os.Popen'/],
    ['a method of every object', ['chere\ntoString\n)R'], /found 'here.toString'/],
    ['a prototype', ['c__proto__\nx\n)R'], /found '__proto__.x'/],
    ['a state', ['cos\nx\n}b'], /no object with a state of its own, found 'os.x'/],
    ['a call of a value', [[0x4b, 1], ')R'], /a named call/],
    ['an instance (protocol 0)', ['(ios\nsystem\n'], /an opcode of plain values, found '0x69'/],
    ['an extension', [[0x82, 1]], /found '0x82'/],
    ['nothing', [], /a value on the stack/],
    ['a mark for a value', ['('], /a value on the stack/],
    ['an append to a number', [[0x4b, 1], [0x4b, 1], 'a'], /a list to append to/],
    ['a key without a value', ['}(', [0x4b, 1], 'u'], /pairs of keys and values/],
    ['an end without a mark', [']e'], /a mark on the stack/],
    ['an unknown memory', ['h', 3], /a value remembered before, found 3/],
    ['text that is none', [[0x55, 1, 0xff]], /UTF-8 text/],
    ['a text longer than the file', [[0x58, 0xff, 0xff, 0xff, 0xff]], /4294967295 more bytes of a pickle, found '1'/],
  ] as [string, (string | number | number[])[], RegExp][])('refuses %s', (_, parts, message) => {
    expect(() => read(...parts)).toThrow(message);
  });

  it('refuses other protocols', () => {
    expect(() => unpickle(Buffer.from('(lp0\n.'), 'a.pkl', NOTHING)).toThrow(/a\.pkl, byte 0: expected a pickle of protocol 2 to 5/); // prettier-ignore
    expect(() => unpickle(Buffer.of(0x80, 9, 0x2e), 'a.pkl', NOTHING)).toThrow(/protocol 2 to 5, found 9/);
  });

  it('ends on any bytes, by a value or by an error that says where', () => {
    const opcodes = [...'(012GJKMNQRTUBCX]abcehjlqrdstu}).'].map((letter) => letter.codePointAt(0)!);
    const opcode = fc.oneof(fc.constantFrom(...opcodes), fc.integer({ min: 0x80, max: 0x97 }), fc.nat(255));
    fc.assert(
      fc.property(fc.array(opcode, { maxLength: 60 }), (bytes) => {
        try {
          unpickle(Uint8Array.of(0x80, 2, ...bytes), 'a.pkl', NOTHING);
        } catch (error) {
          expect(error).toBeInstanceOf(RxfaceError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
