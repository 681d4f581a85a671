import { FormatError } from '../../pipeline/errors.ts';

/** Takes a text of whole numbers piece by piece. */
export interface IntegerLines {
  /** The numbers of all lines that end in these bytes, one line after another. */
  push(bytes: Uint8Array): Int32Array;
  /** Those of a last line without an end. */
  end(): Int32Array;
}

const [TAB, LINE, RETURN, SPACE, ZERO, NINE] = [0x09, 0x0a, 0x0d, 0x20, 0x30, 0x39];
const MOST = 0x7f_ff_ff_ff;

/**
 * Reads lines of `columns` whole numbers each, apart by spaces or tabs, as IJB's lists are; empty lines are passed over.
 *
 * In plain words: a list of millions of lines is never held as text.
 *
 * @param file its name, for errors
 * @throws FormatError with the byte offset of what is no number up to 2^31 - 1, or of the end of a line with more or fewer
 */
export function integerLines(columns: number, file: string): IntegerLines {
  let offset = 0;
  let column = 0;
  let value = -1; // none begun
  // The numbers of a line that a piece cuts in two, `column` of them, wait for the next piece.
  let rest = new Int32Array(0);
  const wrong = (at: number, found: string): FormatError =>
    new FormatError(file, at, `lines of ${columns} whole numbers`, found);

  return {
    push(bytes) {
      // A number takes at least two bytes, one of them before this piece perhaps.
      const numbers = new Int32Array(rest.length + (bytes.length >> 1) + 1);
      numbers.set(rest);
      let count = rest.length;
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i]!;
        if (byte >= ZERO && byte <= NINE) {
          value = value < 0 ? byte - ZERO : 10 * value + byte - ZERO;
          if (value > MOST) throw wrong(offset + i, `${value}...`);
        } else if (byte === SPACE || byte === LINE || byte === TAB || byte === RETURN) {
          if (value >= 0) {
            if (column === columns) throw wrong(offset + i, 'more');
            numbers[count++] = value;
            column++;
            value = -1;
          }
          if (byte === LINE && column > 0) {
            if (column < columns) throw wrong(offset + i, `${column}`);
            column = 0;
          }
        } else throw wrong(offset + i, String.fromCodePoint(byte));
      }
      offset += bytes.length;
      rest = numbers.slice(count - column, count);
      return numbers.subarray(0, count - column);
    },
    end() {
      return this.push(Uint8Array.of(LINE));
    },
  };
}
