import { keyed } from '../../pipeline/keyed.ts';

/** Random numbers looked up by the name of what they decide: a new name changes none of the others. */
export interface Draws {
  /** In [0, 1). */
  unit(name: string): number;
  /** Evenly spread in [low, high). */
  within(name: string, low: number, high: number): number;
  /** Standard normal. */
  bell(name: string): number;
  /** True with this chance. */
  chance(name: string, chance: number): boolean;
  pick<T>(name: string, from: readonly T[]): T;
}

const TWO_32 = 0x1_0000_0000;

/** The draws that belong to a key: a seed and the numbers of an identity and its image. */
export function draws(...key: readonly (number | string)[]): Draws {
  const unit = (name: string): number => keyed(...key, name) / TWO_32;
  return {
    unit,
    within: (name, low, high) => low + (high - low) * unit(name),
    // Box and Muller's; 1 - u is never 0.
    bell: (name) => Math.sqrt(-2 * Math.log(1 - unit(name))) * Math.cos(2 * Math.PI * unit(`${name}, angle`)),
    chance: (name, chance) => unit(name) < chance,
    pick: (name, from) => from[Math.floor(unit(name) * from.length)]!,
  };
}
