import { OptionError } from '../pipeline/errors.ts';
import type { Factor } from '../pipeline/items.ts';
import { indexed, type IndexedSource } from './indexed.ts';
import { picked } from './only.ts';

/**
 * The images of a source that have a label of one variation, under that label instead of their person's: what a sampler
 * over classes then balances is the variation. MvCoM's re-sampled set T_k is this with `classWeighted('inverse')`.
 *
 * In plain words: to see as many profiles as frontal faces, forget for the while who they are.
 *
 * ```ts
 * const poses = byVariation(labelled(images, { pose: (id) => (id.endsWith('0.jpg') ? 3 : 6) }), 'pose');
 * graph('warm-up').source('poses', poses, { shuffle: classWeighted('inverse') });
 * ```
 *
 * @throws OptionError, when it is opened, where no image is known to have a label of the variation
 */
export function byVariation(source: IndexedSource, factor: Factor): IndexedSource {
  return indexed(`${factor} of ${source.name}`, [source], async () => {
    const all = source.variation?.[factor] ?? new Int32Array(0);
    const kept = Int32Array.from(all.keys()).filter((i) => all[i]! >= 0);
    if (kept.length === 0) throw new OptionError(source.name, 'variation', `known of some image for ${factor}`, 'none');
    const labels = kept.map((i) => all[i]!);
    return {
      ...picked(source, kept),
      classes: Array.from(
        { length: labels.reduce((most, label) => Math.max(most, label)) + 1 },
        (_, label) => `${factor} ${label}`,
      ),
      labels,
    };
  });
}
