import { path, section, z } from './fields.ts';
import { labels } from './labelSchema.ts';

const drop = section({
  /** Table with the columns set_a, id_a, set_b, id_b. */
  file: path,
  /** The name by which the table calls this source. */
  set: z.string({ error: 'the name of the set in that table' }),
});

/** Faces on the disk, of people or of nobody. */
export const source = section({
  /** Tar, .tar.gz, .rec, image folder or a pattern over these. */
  path,
  /** Table of five landmarks per image; aligns on the way. */
  points: path.optional(),
  /** People left out: by name, or everybody whom a table of overlaps lists under this set. */
  drop: z.union([z.array(z.string()), drop], { error: 'a list of names, or a section with file and set' }).optional(),
  /** Labels of variations, by tables. */
  labels: labels.optional(),
});

export type SourceConfig = z.output<typeof source>;
