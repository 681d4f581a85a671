import { keyedRandom } from '../maths/keyedRandom.ts';
import { randomSubset } from '../maths/randomSubset.ts';

/** Which classes take part in a step. */
export interface ClassSample {
  /** [R] their numbers, rising. */
  classes: Int32Array;
  /** [B] for each label its place in `classes`. */
  places: Int32Array;
}

/**
 * The classes of a batch and a keyed sample of the others.
 *
 * In plain words: everybody who is in the batch has to be there; of the crowd some are asked, others in the next step, each as
 * likely as any other.
 *
 * As PartialFC samples (An et al., "Partial FC: Training 10 Million Identities on a Single Machine" (2021); insightface's
 * `partial_fc_v2.py`): round(rate x classes) take part, or those of the batch where they are more.
 *
 * @param options.classes C, from which the sample is drawn
 * @param options.rate share of the classes that takes part, in (0, 1]
 * @param labels B class numbers in [0, C)
 * @param key the same seed and step draw the same others for the same labels
 */
export function sampleClasses(
  { classes, rate }: { classes: number; rate: number },
  labels: Int32Array,
  key: { seed: number; step: number },
): ClassSample {
  const own = Int32Array.from(new Set(labels)).toSorted();
  const count = Math.max(Math.round(rate * classes), own.length);
  const random = keyedRandom(key.seed, 'head.sample', key.step, 0);
  const chosen = randomSubset(count - own.length, classes - own.length, random);
  // One more than is taken: a class is written down first and kept if it was chosen.
  const taken = new Int32Array(count + 1);
  const place = new Map<number, number>();
  let at = 0;
  let c = 0;
  // Between two of the batch's own classes `chosen` goes by the number of those passed.
  for (let passed = 0; passed <= own.length; passed++) {
    for (const end = own[passed] ?? classes; c < end; c++) {
      taken[at] = c;
      at += chosen[c - passed]!;
    }
    if (passed === own.length) break;
    place.set(c, at);
    taken[at++] = c++;
  }
  return { classes: taken.subarray(0, count), places: labels.map((label) => place.get(label)!) };
}
