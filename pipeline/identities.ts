import { byLabel } from './byLabel.ts';
import { OptionError } from './errors.ts';
import { keepLast, permutation } from './order.ts';
import { wholeNumber, type Sampling } from './sampler.ts';

/**
 * Batches of P people with K images each, as losses over pairs and triplets want them.
 *
 * In plain words: an epoch goes once through the people in a keyed order, P at a time; where they do not come out even,
 * the last batch is filled with the first of them, never with somebody who is in it already. Of each person it takes the
 * next K images of a keyed order of his own: epoch by epoch all of them come before a new order begins, its last K filled
 * like the last batch. Who has fewer than K images gives each of them floor(K / images) or one time more.
 *
 * People are the labels of the source; images of nobody (-1) are left out. Use it with `batch(people * images)`.
 * An epoch has ceil(people of the source / P) x P x K positions. Memory: 4 bytes an image and 8 a person.
 *
 * ```ts
 * graph('train').source('faces', images, { epochs: 40, shuffle: identities({ people: 16, images: 4 }) });
 * ```
 *
 * Hermans, Beyer and Leibe, "In Defense of the Triplet Loss for Person Re-Identification" (2017), section 2: PK batches.
 *
 * @param people P, 1 up to the people of the source
 * @param images K, 1 or more
 * @throws OptionError, also once the source is open: it knows no labels, or fewer people
 */
export function identities({ people, images }: { people: number; images: number }): Sampling {
  wholeNumber('identities', 'people', people);
  wholeNumber('identities', 'images', images);
  return (source, key) => {
    const { classes, starts, indexes } = byLabel('identities', source);
    const present = Int32Array.from({ length: classes }, (_, c) => c).filter((c) => starts[c + 1]! > starts[c]!);
    const count = present.length;
    if (people > count)
      throw new OptionError('identities', 'people', `at most ${count}, the people of ${source.name}`, people);
    const order = keepLast((epoch) => permutation(count, ...key, 'people', epoch));
    // The images that one person shows at one seat of an epoch, by number.
    const seated = keepLast((epoch, seat) => {
      const person = present[order(epoch)(seat % count)]!;
      const [first, own] = [starts[person]!, starts[person + 1]! - starts[person]!];
      const parts = Math.ceil(own / images);
      // Who is seated a second time, to fill the last batch, has another order there.
      const turn = Math.floor(seat / count);
      const shown = permutation(own, ...key, 'images', person, turn, Math.floor(epoch / parts));
      const begin = (epoch % parts) * images;
      return (image: number): number => indexes[first + shown((begin + image) % own)]!;
    });
    return {
      length: Math.ceil(count / people) * people * images,
      at: (epoch, position) => seated(epoch, Math.floor(position / images))(position % images),
    };
  };
}
