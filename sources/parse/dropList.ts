import { columnsOf, parseCsv } from '../../pipeline/bytes/csv.ts';
import { FormatError } from '../../pipeline/errors.ts';
import { numberOf } from './numberOf.ts';

const TABLE_COLUMNS = ['set_a', 'id_a', 'set_b', 'id_b'];

/**
 * Reads who is to be left out: one name a line, or a table of people whom two sets share with the columns
 * set_a, id_a, set_b, id_b (others may stand beside them).
 *
 * Of a table, everybody is taken who stands under `set` on either side, whatever else the row says;
 * without `set`, everybody of every set. Each name comes once, sorted; who is listed as number and name comes by the
 * number too, since that is what folders are called.
 *
 * @throws FormatError a set that the table does not know, or `set` with a list that has no sets
 */
export function parseDropList(bytes: Uint8Array, file: string, set?: string): string[] {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  if (!TABLE_COLUMNS.every((name) => lines[0]!.split(',').includes(name))) {
    if (set !== undefined)
      throw new FormatError(file, 0, `a table with the columns ${TABLE_COLUMNS.join(', ')}`, lines[0]);
    return [...new Set(lines.map((line) => line.trim()).filter((line) => line !== ''))].toSorted();
  }
  const table = parseCsv(bytes, file);
  const [setA = 0, idA = 0, setB = 0, idB = 0] = columnsOf(table, TABLE_COLUMNS, file);
  const people = table.rows.flatMap((row) => [
    { set: row[setA]!, id: row[idA]! },
    { set: row[setB]!, id: row[idB]! },
  ]);
  const chosen = people.filter((person) => set === undefined || person.set === set);
  if (chosen.length === 0) {
    const sets = [...new Set(people.map((person) => person.set))].join(', ');
    throw new FormatError(file, undefined, `a set among ${sets}`, set);
  }
  return [...new Set(chosen.flatMap(({ id }) => [id, numberOf(id)]))].toSorted();
}
