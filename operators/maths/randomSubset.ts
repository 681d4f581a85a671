/**
 * A random subset: `count` of the numbers 0 to `of` - 1, each such set as likely as any other, in `count` draws.
 *
 * In plain words: who takes part, as a list of yes and no.
 *
 * Floyd's algorithm: Bentley, "A sample of brilliance", Communications of the ACM 30(9) (1987).
 *
 * @param count in [0, of]
 * @param of at most 2^32; a draw of 32 bits favours none by more than of / 2^32
 * @param random gives the next float in [0, 1)
 * @return [of] 1 where a number is in the set, 0 elsewhere
 */
export function randomSubset(count: number, of: number, random: () => number): Uint8Array {
  const chosen = new Uint8Array(of);
  for (let last = of - count; last < of; last++) {
    const drawn = Math.floor(random() * (last + 1));
    // One that is in already stands for the last, which cannot be.
    chosen[chosen[drawn] === 1 ? last : drawn] = 1;
  }
  return chosen;
}
