import { number, section } from './fields.ts';

/** What training does to its faces; the options of `prepare` by the same names. */
export const augment = section({ flip: number(0, 1).default(0.5) }).prefault({});
