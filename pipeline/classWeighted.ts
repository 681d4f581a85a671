import { byLabel } from './byLabel.ts';
import { OptionError } from './errors.ts';
import { keyed } from './keyed.ts';
import { keepLast, permutation } from './order.ts';
import type { Sampling } from './sampler.ts';

/**
 * Draws images with weights by class; an epoch is as long as the source.
 *
 * In plain words: all images lie side by side, each as wide as its weight; a comb with as many equally spaced teeth as
 * the source has images, shifted by a keyed amount in each epoch, is laid over them, and what its teeth point at comes in
 * a keyed order (systematic sampling: Madow and Madow, "On the Theory of Systematic Sampling", 1944).
 * So at each position class c is drawn with probability n_c w_c / sum(n w), n_c its images and w_c their weight, and in
 * each epoch its draws are that share of the epoch rounded down or up, not merely about so many; within a class the same
 * holds for each image. Images of nobody (-1) are not drawn.
 *
 * Memory: a table of 8 bytes a class beside the images sorted by class, 4 bytes each. A draw looks the class up in log2(classes) steps.
 *
 * ```ts
 * graph('train').source('faces', images, { shuffle: classWeighted('inverse') }); // everybody as often as anybody
 * ```
 *
 * @param weights of an image of each class, at least 0, some above it; 'inverse': 1 / the images of its class
 * @throws OptionError, also once the source is open: it knows no labels, or other classes
 */
export function classWeighted(weights: 'inverse' | readonly number[]): Sampling {
  const stage = 'classWeighted';
  const wrong = weights === 'inverse' ? -1 : weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (wrong >= 0) throw new OptionError(stage, `weights[${wrong}]`, 'a number of at least 0', weights[wrong]);
  return (source, key) => {
    const { classes, starts, indexes } = byLabel(stage, source);
    if (weights !== 'inverse' && weights.length < classes)
      throw new OptionError(stage, 'weights', `${classes} numbers, one a class of ${source.name}`, weights.length);
    const count = (c: number): number => starts[c + 1]! - starts[c]!;
    // ends[c]: where class c ends on the line; it begins where the class before it ends.
    const ends = new Float64Array(classes);
    let total = 0;
    for (let c = 0; c < classes; c++) {
      total += weights === 'inverse' ? Math.min(1, count(c)) : count(c) * weights[c]!;
      ends[c] = total;
    }
    if (!(total > 0 && total < Infinity))
      throw new OptionError(stage, 'weights', `above 0 for a class with images in ${source.name}`, total);
    const { length } = source;
    const epochs = keepLast((epoch) => ({
      order: permutation(length, ...key, 'weighted', epoch),
      shift: uniform(...key, 'shift', epoch),
    }));
    return {
      length,
      at(epoch, position) {
        const { order, shift } = epochs(epoch);
        // A rounding could put the last tooth on the end of the line, where nobody lies.
        const point = Math.min(((order(position) + shift) / length) * total, total * (1 - 2 ** -53));
        const c = firstAbove(ends, point);
        const begin = c === 0 ? 0 : ends[c - 1]!;
        const own = count(c);
        const rank = Math.min(own - 1, Math.floor(((point - begin) / (ends[c]! - begin)) * own));
        return indexes[starts[c]! + permutation(own, ...key, 'image', c, epoch)(rank)]!;
      },
    };
  };
}

/** A number in [0, 1) of 53 bits. */
function uniform(...key: readonly (number | string)[]): number {
  return (keyed(...key, 'high') * 2 ** 21 + (keyed(...key, 'low') >>> 11)) * 2 ** -53;
}

/** The first place of an ascending list whose value is above `point`. */
function firstAbove(ascending: Float64Array, point: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! > point) high = middle;
    else low = middle + 1;
  }
  return low;
}
