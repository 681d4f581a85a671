/**
 * The number of a person whom a table lists as number and name, '004 Ada Lovelace': data call the folder '004'. Anything
 * else is a name as it stands.
 */
export function numberOf(name: string): string {
  return /^(\d+) +\S/.exec(name)?.[1] ?? name;
}
