import { CsvError, parse } from 'csv-parse/sync';
import { FormatError } from '../errors.ts';

/** A table: the names of its columns, and its rows as texts in their order. */
export interface Table {
  columns: string[];
  rows: string[][];
}

/**
 * Reads comma separated values with a row of column names first; a byte-order mark and empty lines are passed over.
 *
 * @throws FormatError naming the line: no row of names, a row with more or fewer fields, an open quote
 */
export function parseCsv(bytes: Uint8Array, file: string): Table {
  try {
    const [columns, ...rows] = parse(bytes, {
      bom: true,
      record_delimiter: ['\r\n', '\n'],
      skip_empty_lines: true,
      trim: true,
    });
    if (columns === undefined) throw new FormatError(file, 0, 'a row of column names');
    return { columns, rows };
  } catch (error) {
    if (error instanceof CsvError) throw new FormatError(file, undefined, `comma separated values: ${error.message}`);
    throw error;
  }
}

/**
 * Where the columns of these names stand.
 *
 * @throws FormatError listing the names that are missing and those that are there
 */
export function columnsOf(table: Table, names: readonly string[], file: string): number[] {
  const missing = names.filter((name) => !table.columns.includes(name));
  if (missing.length > 0) throw new FormatError(file, 0, `columns ${missing.join(', ')}`, table.columns.join(','));
  return names.map((name) => table.columns.indexOf(name));
}
