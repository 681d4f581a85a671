import { OptionError } from '../../pipeline/errors.ts';
import type { PairProtocol } from '../../pipeline/items.ts';
import { placeOf, type Block } from '../augment/occlude.ts';
import { keyedRandom } from '../maths/keyedRandom.ts';

export interface OccludedPairs {
  /** The same pairs, of which one image each has a name of its own: 'ann/ann_0001#12' in pair 12, counted from 0. */
  protocol: PairProtocol;
  /** What the new names are: the image they are made of, and the block that covers part of it. */
  copies: ReadonlyMap<string, { image: string; block: Block }>;
}

/**
 * A protocol with a black square on one image of each pair, as OC-LFW has it (MvCoM, section 4.1).
 *
 * In plain words: which of the two is covered, and where, is drawn for each pair, so that one image may be whole in one pair
 * and covered in another.
 *
 * ```ts
 * const { protocol: covered, copies } = occludedPairs(protocol, { side: 8, size: [32, 32], seed: 7 });
 * console.log(copies.get(covered.pairs[0]!.a) ?? copies.get(covered.pairs[0]!.b)); // { image: 'face-0', block: ... }
 * ```
 *
 * The paper says no more than "we randomly set occlusion masks on one of the pair images". Here side and place are keyed by
 * (seed, pair): equal for every model that is tested.
 *
 * @param options.side of the square in pixels, at most that of the faces
 * @param options.size [height, width] of the faces
 * @throws OptionError for a side outside its bounds
 */
export function occludedPairs(
  protocol: PairProtocol,
  { side, size: [height, width], seed }: { side: number; size: readonly [number, number]; seed: number },
): OccludedPairs {
  const most = Math.min(height, width);
  if (!(Number.isInteger(side) && side >= 1 && side <= most))
    throw new OptionError(protocol.name, 'occlude', `a whole number in [1, ${most}], the side of the faces`, side);
  const copies = new Map<string, { image: string; block: Block }>();
  const pairs = protocol.pairs.map((pair, at) => {
    const random = keyedRandom(seed, 'occludedPairs', 0, at);
    const covered = random() < 0.5 ? 'a' : 'b';
    const name = `${pair[covered]}#${at}`;
    const left = placeOf(side, width, random);
    copies.set(name, { image: pair[covered], block: { side, left, top: placeOf(side, height, random) } });
    return { ...pair, [covered]: name };
  });
  return { protocol: { ...protocol, pairs }, copies };
}
