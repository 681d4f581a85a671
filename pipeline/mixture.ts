import type { Source } from './contracts.ts';
import { OptionError } from './errors.ts';
import { keepLast, permutation } from './order.ts';
import { wholeNumber, type Sampling } from './sampler.ts';

/** Most places of the pattern that repeats: it is a table. */
const LONGEST = 65_536;

/**
 * Mixes sources that lie one after another, `concat(...)` of the same, each at its rate, whatever their sizes.
 *
 * In plain words: with shares 3 and 1 three of four images come from the first source, evenly interleaved; each source is
 * gone through in keyed orders of its own, a small one more often, and goes on in the next epoch where it stopped in this.
 * After n images since the beginning of training each source has given less than one more or less than rate x n.
 *
 * A pattern of sum(shares) places, shares without their common divisor, that repeats: at each place comes the source whose
 * next image is due first, of those that are not ahead (Baruah and others, "Proportionate Progress", 1996: deadlines at
 * (j / rate), earliest first, keep every lag between -1 and 1). An epoch is as long as the whole source.
 * Memory: 6 bytes a place, at most 65,536 places.
 *
 * ```ts
 * const [web, studio] = [recordIO('web.rec'), imageFolder('studio')];
 * graph('train').source('faces', concat(web, studio), { epochs: 20, shuffle: mixture([web, 3], [studio, 1]) });
 * ```
 *
 * @param parts each source with its share, a whole number of at least 1; its rate is share / sum(shares)
 * @throws OptionError, also once the source is open: a part is empty, or the parts are not the source
 */
export function mixture(...parts: readonly (readonly [Pick<Source<unknown>, 'length'>, number])[]): Sampling {
  if (parts.length === 0) throw new OptionError('mixture', 'parts', 'at least one source', 0);
  parts.forEach(([, share], i) => wholeNumber('mixture', `share of part ${i}`, share));
  const divisor = parts.reduce((common, [, share]) => greatestCommonDivisor(common, share), 0);
  const shares = parts.map(([, share]) => share / divisor);
  const places = shares.reduce((sum, share) => sum + share, 0);
  if (places > LONGEST)
    throw new OptionError('mixture', 'sum of shares', `at most ${LONGEST}, less their common divisor`, places);
  const { owner, before } = pattern(shares, places);
  return ({ name, length }, key) => {
    const starts = [0];
    parts.forEach(([part], i) => {
      if (!part.length) throw new OptionError('mixture', `part ${i}`, 'a source with images', part.length);
      starts.push(starts[i]! + part.length);
    });
    if (starts.at(-1) !== length)
      throw new OptionError('mixture', 'parts', `the ${length} images of ${name}, one after another`, starts.at(-1));
    const orders = parts.map(([part], i) => keepLast((walk) => permutation(part.length!, ...key, 'part', i, walk)));
    return {
      length,
      at(epoch, position) {
        const n = epoch * length + position;
        const place = n % places;
        const part = owner[place]!;
        const drawn = Math.floor(n / places) * shares[part]! + before[place]!;
        const own = starts[part + 1]! - starts[part]!;
        return starts[part]! + orders[part]!(Math.floor(drawn / own))(drawn % own);
      },
    };
  };
}

/** Whose turn it is at each place, and how often it was his before. */
function pattern(shares: readonly number[], places: number): { owner: Uint16Array; before: Uint32Array } {
  const owner = new Uint16Array(places);
  const before = new Uint32Array(places);
  const given = shares.map(() => 0);
  for (let place = 0; place < places; place++) {
    let next = -1;
    let soonest = Infinity;
    shares.forEach((share, i) => {
      const due = Math.ceil(((given[i]! + 1) * places) / share);
      if (given[i]! * places < share * (place + 1) && due < soonest) [next, soonest] = [i, due];
    });
    owner[place] = next;
    before[place] = given[next]!++;
  }
  return { owner, before };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
