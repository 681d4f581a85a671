import { OptionError } from '../../pipeline/errors.ts';

/** Which images make which media, and which media which templates; all by numbers counted from 0. */
export interface FusionPlan {
  /** Ids of the templates, ascending: template t has the id `templates[t]`. */
  templates: Int32Array;
  /** Number of the template with this id, or -1. */
  numberOf(id: number): number;
  /** [images] medium of each image. A medium that two templates share counts as two. */
  mediumOf: Int32Array;
  /** [media] template of each medium. */
  templateOf: Int32Array;
  /** [media] images of each. */
  images: Int32Array;
  /** [templates] media of each. */
  media: Int32Array;
}

/**
 * Compiles a list of images into the plan by which their embeddings are fused.
 *
 * ```ts
 * const plan = fusionPlan(Int32Array.of(7, 7, 9), Int32Array.of(1, 1, 2));
 * console.log(plan.templates, plan.images); // [7, 9], [2, 1]
 * ```
 *
 * @param templates [images] id of the template each image belongs to
 * @param media [images] id of the photograph or video it comes from
 * @throws OptionError where the lists differ in length
 */
export function fusionPlan(templates: Int32Array, media: Int32Array): FusionPlan {
  if (media.length !== templates.length)
    throw new OptionError('fusionPlan', 'media', `one for each of ${templates.length} images`, media.length);
  const ids = Int32Array.from(new Set(templates)).toSorted();
  const numbers = new Map(Array.from(ids, (id, number) => [id, number]));
  const found = new Map<number, number>();
  const templateOf: number[] = [];
  const images: number[] = [];
  const perTemplate = new Int32Array(ids.length);
  const mediumOf = templates.map((id, i) => {
    const template = numbers.get(id)!;
    const key = template * 2 ** 32 + media[i]!;
    let medium = found.get(key);
    if (medium === undefined) {
      found.set(key, (medium = images.length));
      templateOf.push(template);
      images.push(0);
      perTemplate[template]!++;
    }
    images[medium]!++;
    return medium;
  });
  return {
    templates: ids,
    numberOf: (id) => numbers.get(id) ?? -1,
    mediumOf,
    templateOf: Int32Array.from(templateOf),
    images: Int32Array.from(images),
    media: perTemplate,
  };
}
