/** What went wrong, in fields; the text is built from them. Every error a user can cause is one of these. */
export class RxfaceError extends Error {
  /** Exit code of the command line: 1 failed, 2 wrong use. */
  readonly exitCode: 1 | 2 = 1;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An option outside its bounds. `stage` is the operator, source, sink or command that was given it. */
export class OptionError extends RxfaceError {
  override readonly exitCode = 2;
  readonly stage: string;
  readonly option: string;
  readonly expected: string;
  readonly received: unknown;
  constructor(stage: string, option: string, expected: string, received: unknown) {
    super(`${stage}: ${option} must be ${expected}, received ${show(received)}`);
    this.stage = stage;
    this.option = option;
    this.expected = expected;
    this.received = received;
  }
}

/** Bytes that are not what their format promises. `offset` is in bytes from the start of `file`. */
export class FormatError extends RxfaceError {
  readonly file: string;
  readonly offset: number | undefined;
  readonly expected: string;
  constructor(file: string, offset: number | undefined, expected: string, received?: unknown) {
    super(
      `${file}${offset === undefined ? '' : `, byte ${offset}`}: expected ${expected}` +
        (received === undefined ? '' : `, found ${show(received)}`),
    );
    this.file = file;
    this.offset = offset;
    this.expected = expected;
  }
}

/** A file or folder that cannot be read or written. `reason` says why, in words a user can act on. */
export class FileError extends RxfaceError {
  readonly path: string;
  readonly reason: string;
  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`${path}: ${reason}`, options);
    this.path = path;
    this.reason = reason;
  }
}

/** A stage that failed on an item; `cause` is what it threw. */
export class StageError extends RxfaceError {
  readonly stage: string;
  readonly item: string | undefined;
  constructor(stage: string, item: string | undefined, cause: unknown) {
    super(
      `stage '${stage}'${item === undefined ? '' : ` at ${item}`}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
    this.stage = stage;
    this.item = item;
  }
}

/** A graph that cannot work as wired; found before anything runs. */
export class WiringError extends RxfaceError {
  override readonly exitCode = 2;
  readonly graph: string;
  readonly problems: readonly string[];
  constructor(graph: string, problems: readonly string[]) {
    super(`graph '${graph}': ${problems.join('; ')}`);
    this.graph = graph;
    this.problems = problems;
  }
}

/** A tensor of another shape than the operation takes. */
export class ShapeError extends RxfaceError {
  readonly operation: string;
  readonly expected: string;
  readonly received: readonly number[];
  constructor(operation: string, expected: string, received: readonly number[]) {
    super(`${operation}: expected shape ${expected}, received [${received.join(', ')}]`);
    this.operation = operation;
    this.expected = expected;
    this.received = received;
  }
}

/** The TensorFlow engine cannot be had or cannot do this; `cure` is what the user can do. */
export class EngineError extends RxfaceError {
  readonly reason: string;
  readonly cure: string;
  constructor(reason: string, cure: string, options?: ErrorOptions) {
    super(`${reason}. ${cure}`, options);
    this.reason = reason;
    this.cure = cure;
  }
}

/** A value as an error line shows it: short, quoted where it is text. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 80 ? `${value.slice(0, 77)}...` : value}'`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (typeof value === 'object' && value !== null) {
    const text = JSON.stringify(value) ?? String(value);
    return text.length > 80 ? `${text.slice(0, 77)}...` : text;
  }
  return String(value);
}
