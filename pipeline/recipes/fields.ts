import { z } from 'zod';

/** The door to zod, and the fields that configs are made of. Every message is the bound in words: 'a number from 0 to 1'. */
export { z };

/** A section's message for an unknown key is the list of its known keys. */
export function section<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : 'a section of keys'),
  });
}

export function number(least: number, most = Infinity): z.ZodNumber {
  const error = most === Infinity ? `a number of at least ${least}` : `a number from ${least} to ${most}`;
  return z.number({ error }).min(least, { error }).max(most, { error });
}

export function above(least: number, most = Infinity): z.ZodNumber {
  const error = most === Infinity ? `a number above ${least}` : `a number above ${least}, at most ${most}`;
  return z.number({ error }).gt(least, { error }).max(most, { error });
}

export function below(least: number, most: number): z.ZodNumber {
  const error = `a number of at least ${least} and below ${most}`;
  return z.number({ error }).min(least, { error }).lt(most, { error });
}

export function whole(least: number): z.ZodNumber {
  const error = `a whole number of at least ${least}`;
  return z.number({ error }).int({ error }).min(least, { error });
}

export const oneOf = <const T extends readonly string[]>(names: T): z.ZodEnum<{ [K in T[number]]: K }> =>
  z.enum(names, { error: `one of ${names.join(', ')}` });
export const is = <const T extends string>(name: T): z.ZodLiteral<T> => z.literal(name);
export const path = z.string({ error: 'a path' }).min(1, { error: 'a path' });
export const flag = z.boolean({ error: 'true or false' });
export const scale = number(1);

/** For sections that come in kinds: a wrong kind is told from something that is no section at all. */
export const named =
  (names: string) =>
  (issue: { code: string }): string =>
    issue.code === 'invalid_union' ? `one of ${names}` : `a section whose name is one of ${names}`;
