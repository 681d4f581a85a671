import { columnsOf, parseCsv } from '../pipeline/bytes/csv.ts';
import { gunzip } from '../pipeline/bytes/gzip.ts';
import { RxfaceError } from '../pipeline/errors.ts';
import { readFile } from '../pipeline/files/read.ts';
import { numberOf } from './parse/numberOf.ts';

/** The people of one set, by the name that tables of overlaps call it, if any does. */
export interface PeopleOfSet {
  set?: string | undefined;
  /** 'none': a set that knows nobody by name, and declares so; nothing can be checked. */
  people: readonly string[] | 'none';
}

/** Somebody who is in both of two groups of sets. */
export interface Shared {
  left: string;
  right: string;
  /** What says so: 'the same name', or the table. */
  because: string;
}

/** Two people of two sets whom a table says to be one. */
export interface SamePerson {
  setA: string;
  a: string;
  setB: string;
  b: string;
  /** The table. */
  file: string;
}

/** Reads a table of people whom two sets share: columns set_a, id_a, set_b, id_b, plain or gzipped. @throws FileError, FormatError */
export async function overlapTable(path: string): Promise<SamePerson[]> {
  const table = parseCsv(gunzip(await readFile(path), path), path);
  const [setA = 0, a = 0, setB = 0, b = 0] = columnsOf(table, ['set_a', 'id_a', 'set_b', 'id_b'], path);
  return table.rows.map((row) => ({ setA: row[setA]!, a: row[a]!, setB: row[setB]!, b: row[b]!, file: path }));
}

/**
 * Everybody who is both in one group of sets and in another: by name, and by tables of people whom sets share.
 *
 * In plain words: who teaches the margins must not be among those who are trained on.
 *
 * ```ts
 * sharedPeople([{ people: ['Ada_Lovelace'] }], [{ people: ['ada lovelace', 'Bob'] }], []); // one, by the same name
 * ```
 *
 * Names are compared without regard to case, spaces, '_' and '-'. A name of digits alone is a number in its own set: it
 * means the same person only in a set of the same name. In a table it may have the name behind it, '004 Ada Lovelace'.
 */
export function sharedPeople(
  left: readonly PeopleOfSet[],
  right: readonly PeopleOfSet[],
  tables: readonly SamePerson[],
): Shared[] {
  const shared = new Map<string, Shared>();
  const add = (a: string, b: string, because: string): void => {
    const key = `${a}\n${b}`;
    if (!shared.has(key)) shared.set(key, { left: a, right: b, because });
  };
  const names = new Map(everybody(left).map(({ set, name }) => [nameKey(set, name), label(set, name)]));
  for (const { set, name } of everybody(right)) {
    const same = names.get(nameKey(set, name));
    if (same !== undefined) add(same, label(set, name), 'the same name');
  }
  const keysOf = (sets: readonly PeopleOfSet[]): Set<string> =>
    new Set(everybody(sets).map(({ set, name }) => label(set, numberOf(name))));
  const [here, there] = [keysOf(left), keysOf(right)];
  for (const { setA, a, setB, b, file } of tables) {
    const [one, other] = [label(setA, numberOf(a)), label(setB, numberOf(b))];
    if (here.has(one) && there.has(other)) add(label(setA, a), label(setB, b), file);
    if (here.has(other) && there.has(one)) add(label(setB, b), label(setA, a), file);
  }
  return [...shared.values()].toSorted((x, y) => Number(x.left > y.left) - Number(x.left < y.left));
}

/** People listed by name in an error. */
const LISTED = 10;

/**
 * Refuses people who are in both groups, unless that is allowed: then they are only listed.
 *
 * @throws RxfaceError naming the first ten
 */
export function refuseShared(shared: readonly Shared[], { allow = false } = {}): string[] {
  const lines = shared.map(({ left, right, because }) => `${left} is ${right} (${because})`);
  if (lines.length === 0 || allow) return lines;
  const more = lines.length > LISTED ? `; and ${lines.length - LISTED} more` : '';
  throw new RxfaceError(
    `${lines.length} people are in both training and meta set: ${lines.slice(0, LISTED).join('; ')}${more}. ` +
      'Drop them from one, or allow it',
  );
}

function everybody(sets: readonly PeopleOfSet[]): { set: string | undefined; name: string }[] {
  return sets.flatMap(({ set, people }) => (people === 'none' ? [] : people.map((name) => ({ set, name }))));
}

function label(set: string | undefined, name: string): string {
  return set === undefined ? name : `${set}:${name}`;
}

function nameKey(set: string | undefined, name: string): string {
  const plain = name.toLowerCase().replace(/[\s_-]+/g, ' ').trim(); // prettier-ignore
  return /^\d+$/.test(plain) ? label(set, plain) : plain;
}
