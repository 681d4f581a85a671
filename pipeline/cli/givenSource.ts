import { concat } from '../../sources/concat.ts';
import { drop, dropList } from '../../sources/drop.ts';
import type { IndexedSource } from '../../sources/indexed.ts';
import { openSource } from '../../sources/openSource.ts';
import { OptionError } from '../errors.ts';
import { exists } from '../files/read.ts';
import { readConfig } from '../recipes/config.ts';
import { openFaces } from '../recipes/data.ts';

/** What a command line may say of its sources. */
export interface GivenOptions {
  /** Table of landmarks, for a source that is no config. */
  points?: string;
  /** FILE, FILE:SET or NAME,NAME. */
  drop: readonly string[];
  /** 'a.b=value', over a config. */
  set: readonly string[];
}

/** Whether a source of a command line is a training config. */
export function isConfig(path: string): boolean {
  return /\.(ya?ml|json)$/.test(path);
}

/**
 * The sources of a command line as one, not yet open: whatever `openSource` takes, or the data of a training config.
 *
 * @throws OptionError for a table of landmarks beside a config, which names one for each of its sources
 */
export async function givenSource(paths: readonly string[], options: GivenOptions): Promise<IndexedSource> {
  const config = paths.find(isConfig);
  if (config !== undefined && options.points !== undefined)
    throw new OptionError(config, '--points', 'left out: a config names the points of each source', options.points);
  const sources = await Promise.all(
    paths.map(async (path) => {
      if (isConfig(path)) return openFaces((await readConfig(path, options.set)).data);
      return openSource(path, options.points === undefined ? {} : { points: options.points });
    }),
  );
  const names = (await Promise.all(options.drop.map(namesOf))).flat();
  return drop(concat(...sources), names);
}

async function namesOf(list: string): Promise<string[]> {
  if (await exists(list)) return dropList(list);
  const colon = list.lastIndexOf(':');
  if (colon > 0 && (await exists(list.slice(0, colon)))) return dropList(list.slice(0, colon), list.slice(colon + 1));
  return list.split(',');
}
