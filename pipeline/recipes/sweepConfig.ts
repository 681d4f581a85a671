import { dirname, isAbsolute, join } from 'node:path';
import { readText } from '../files/read.ts';
import { ConfigError, parseChecked, parseConfig, type Config } from './config.ts';
import { path, section, whole, z } from './fields.ts';
import { checkedBy, type SchemaFault } from './schema.ts';
import { groupsSchema, type Groups } from './sweepGroups.ts';

const NAME = 'a name of letters, digits, blanks and . + - _ that begins with a letter or digit';

/** What a sweep may say: one config, and what differs from it. */
const sweepSchema = section({
  /** The config that all have in common, as seen from the sweep's own file. */
  base: path,
  /** Each variant is trained once with each of these. */
  seeds: z.array(whole(0), { error: 'a list of seeds' }).min(1, { error: 'at least one seed' }).default([1, 2, 3]),
  variants: z
    .array(
      section({
        name: z.string({ error: NAME }).regex(/^[A-Za-z0-9][\w.+ -]*$/, { error: NAME }),
        /** Values over the config, by dotted key; null takes a section out. */
        set: z.record(z.string(), z.unknown(), { error: 'values by dotted key' }).default({}),
      }),
      { error: 'a list of variants' },
    )
    .min(1, { error: 'at least one variant' }),
  /** Groups of people that each run is asked about in the end, for how unequally it errs. */
  groups: groupsSchema.optional(),
});

/** One training of a sweep. */
export interface SweepRun {
  variant: string;
  seed: number;
  config: Config;
  /** Its run folder. */
  run: string;
}

export interface Sweep {
  variants: string[];
  seeds: number[];
  groups?: Groups;
  /** Seed after seed, in each the variants in their order: what is done first compares all of them. */
  runs: SweepRun[];
}

/**
 * Reads a sweep and every config it comes to.
 *
 * @param sets values over all of them
 * @param folder where the runs go: FOLDER/VARIANT/seed-N
 * @throws ConfigError naming the variant for all faults of its config; FileError
 */
export async function readSweep(file: string, sets: readonly string[], folder: string): Promise<Sweep> {
  const { base, seeds, variants, groups } = parseChecked(file, await readText(file), [], check);
  const common = isAbsolute(base) ? base : join(dirname(file), base);
  const text = await readText(common);
  const runs: SweepRun[] = [];
  for (const seed of seeds) {
    for (const { name, set } of variants) {
      const own = Object.entries(set).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
      try {
        const config = evaluated(common, parseConfig(common, text, [...own, ...sets, `train.seed=${seed}`]));
        runs.push({ variant: name, seed, config, run: join(folder, name, `seed-${seed}`) });
      } catch (error) {
        throw error instanceof ConfigError ? ofVariant(error, name) : error;
      }
    }
  }
  return { variants: variants.map(({ name }) => name), seeds, runs, ...(groups && { groups }) };
}

function check(value: unknown) {
  const result = checkedBy(sweepSchema, value);
  if ('faults' in result) return result;
  const { variants, seeds } = result.config;
  const faults: SchemaFault[] = [];
  for (const [i, { name }] of variants.entries()) {
    if (variants.findIndex((one) => one.name === name) < i)
      faults.push({ path: ['variants', i, 'name'], expected: 'a name of its own' });
  }
  if (new Set(seeds).size < seeds.length) faults.push({ path: ['seeds'], expected: 'different seeds' });
  return faults.length > 0 ? { faults } : result;
}

/** A sweep is a table of evaluations. */
function evaluated(where: string, config: Config): Config {
  if (config.evaluate.length > 0) return config;
  throw new ConfigError([{ where, path: 'evaluate', expected: 'a list of at least one evaluation', received: [] }]);
}

function ofVariant({ faults }: ConfigError, name: string): ConfigError {
  return new ConfigError(faults.map((fault) => ({ ...fault, where: `variant ${name}: ${fault.where}` })));
}
