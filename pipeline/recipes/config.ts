import { RxfaceError, show } from '../errors.ts';
import { readText } from '../files/read.ts';
import { checkConfig, type Config, type SchemaFault } from './schema.ts';
import { readYaml, type Path } from './yaml.ts';

export type { Config, EvaluationConfig } from './schema.ts';
export type { SourceConfig } from './sourceSchema.ts';

/** One fault of a config. */
export interface ConfigFault {
  /** 'FILE:LINE', or the `--set` that brought the value in. */
  where: string;
  /** Dotted: 'head.m', 'data.sources.0.path'. */
  path: string;
  expected: string;
  received: unknown;
}

/** A config with faults, all of them: one line each. */
export class ConfigError extends RxfaceError {
  override readonly exitCode = 2;
  readonly faults: readonly ConfigFault[];
  constructor(faults: readonly ConfigFault[]) {
    super(faults.map(line).join('\n'));
    this.faults = faults;
  }
}

/**
 * Reads a config file (YAML or JSON), puts `--set` values over it and checks it.
 *
 * @param file path of the config
 * @param sets 'a.b=value' in the order given, the last wins; list items by number: 'evaluate.0.every=2'; 'meta=null' takes one out
 * @returns the config with every default filled in
 * @throws ConfigError with every fault at once; FileError where the file cannot be read
 */
export async function readConfig(file: string, sets: readonly string[] = []): Promise<Config> {
  return parseConfig(file, await readText(file), sets);
}

/** As readConfig, of a text; `file` is only what faults call it. */
export function parseConfig(file: string, text: string, sets: readonly string[] = []): Config {
  return parseChecked(file, text, sets, checkConfig);
}

/** As parseConfig, of whatever else `check` knows. */
export function parseChecked<T>(
  file: string,
  text: string,
  sets: readonly string[],
  check: (value: unknown) => { config: T } | { faults: SchemaFault[] },
): T {
  const document = readYaml(text);
  if (document.problems.length > 0) {
    throw new ConfigError(
      document.problems.map(({ line, reason }) => ({
        where: `${file}:${line}`,
        path: '',
        expected: 'valid YAML or JSON',
        received: reason,
      })),
    );
  }
  const value = document.value ?? {};
  const origins = applySets(value, sets);
  const result = check(value);
  if ('config' in result) return result.config;
  const faults = result.faults.map((fault) => {
    const set = originOf(fault.path, origins);
    const line = set === undefined ? document.lineOf(fault.path) : 0;
    return {
      line,
      where: set ?? `${file}:${line}`,
      path: fault.path.join('.'),
      expected: fault.known === undefined ? fault.expected : knownAs(String(fault.path.at(-1)), fault.known),
      received: at(value, fault.path),
    };
  });
  throw new ConfigError(faults.toSorted((a, b) => a.line - b.line));
}

/** Dotted paths at which two configs differ, leaving out those below `except`. */
export function differences(a: unknown, b: unknown, except: readonly string[] = [], path = ''): string[] {
  if (except.includes(path)) return [];
  if (!isBranch(a) || !isBranch(b)) return a === b ? [] : [path];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((key) => differences(a[key], b[key], except, path === '' ? key : `${path}.${key}`));
}

function line(fault: ConfigFault): string {
  if (fault.path === '') return `${fault.where}: expected ${fault.expected}: ${String(fault.received)}`;
  if (fault.expected.startsWith(UNKNOWN)) return `${fault.where}: ${fault.path} ${fault.expected}`;
  const received = fault.received === undefined ? 'but it is missing' : `received ${show(fault.received)}`;
  return `${fault.where}: ${fault.path} must be ${fault.expected}, ${received}`;
}

const UNKNOWN = 'is no known key';

function knownAs(key: string, known: readonly string[]): string {
  const [near] = known.map((name) => ({ name, steps: distance(key, name) })).toSorted((a, b) => a.steps - b.steps);
  return near !== undefined && near.steps <= Math.max(2, key.length / 2)
    ? `${UNKNOWN}; did you mean '${near.name}'?`
    : `${UNKNOWN}; known here: ${known.join(', ')}`;
}

/** Levenshtein distance: insertions, deletions and replacements from `a` to `b`. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}

type Branch = Record<string, unknown>;
const isBranch = (value: unknown): value is Branch => typeof value === 'object' && value !== null;

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, key) => (isBranch(node) ? node[String(key)] : undefined), value);
}

function applySets(value: unknown, sets: readonly string[]): Map<string, string> {
  const origins = new Map<string, string>();
  for (const set of sets) {
    const equals = set.indexOf('=');
    const keys = set.slice(0, equals).split('.');
    const malformed = equals < 1 || keys.some((key) => key === '' || key === '__proto__');
    if (malformed || !isBranch(value)) {
      throw new ConfigError([{ where: `--set ${set}`, path: '', expected: 'the form a.b=value', received: show(set) }]);
    }
    let node: Branch = value;
    for (const key of keys.slice(0, -1)) {
      if (!isBranch(node[key])) node[key] = {};
      node = node[key] as Branch;
    }
    // It means what it would mean in a file.
    const { value: read, problems } = readYaml(set.slice(equals + 1));
    const [problem] = problems;
    if (problem !== undefined) {
      const expected = 'a value of YAML, a text with signs of it in quotes';
      throw new ConfigError([{ where: `--set ${set}`, path: '', expected, received: problem.reason }]);
    }
    if (read === null) delete node[keys.at(-1)!];
    else node[keys.at(-1)!] = read;
    origins.set(keys.join('.'), `--set ${set}`);
  }
  return origins;
}

/** The `--set` that wrote this value or a parent of it. */
function originOf(path: Path, origins: ReadonlyMap<string, string>): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const origin = origins.get(path.slice(0, length).join('.'));
    if (origin !== undefined) return origin;
  }
  return undefined;
}
