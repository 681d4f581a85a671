import { oneOf, path, section, whole, z } from './fields.ts';

/** Labels from a column of a table whose column `image` has the ids. */
const column = section({
  table: path,
  column: z.string({ error: 'the name of a column' }),
  /** Label of each text in the column; texts that are absent label nobody. fairface: its seven groups as four. Absent: the texts are labels. */
  classes: z
    .union([oneOf(['fairface']), z.record(z.string(), whole(0))], { error: 'fairface, or labels by text' })
    .optional(),
});

/** Labels from a table of five landmarks per image. */
const landmarks = section({ points: path });

/** Where a source's labels of variations come from, besides those its records bring. */
export const labels = section({
  ethnicity: column.optional(),
  pose: z.union([column, landmarks], { error: 'a section with table and column, or with points' }).optional(),
  blur: column.optional(),
  occlusion: column.optional(),
});

export type LabelsConfig = z.output<typeof labels>;
