import { join } from 'node:path';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import { npyHeader } from '../../bytes/npy.ts';
import { openWriter } from '../../files/write.ts';

/** How large a set of IJB's kind is. */
export interface IjbSize {
  images: number;
  templates: number;
  genuine: number;
  impostors: number;
  /** Numbers in an embedding. */
  dimension: number;
}

/** What is drawn lies there under these names: IJB-C's lists, and the embeddings. */
export const SUBSET = 'ijbc';
export const EMBEDDINGS = 'embeddings.npy';

/** Of one person; IJB-C has 6.5. */
const TEMPLATES_EACH = 6.5;
/** Of an image, as a multiple of how far people lie apart: so far that some templates of one image are not recognised. */
const NOISE = 6;
const ROWS_AT_ONCE = 4096;
const LINES_AT_ONCE = 65_536;

/**
 * Draws the lists and embeddings of a set of IJB's kind into a folder: people with several templates each, of which many have one
 * image and few have hundreds, in media of a few; trials in the order of their templates, as in the official list.
 *
 * @param seed the same set for the same seed and size
 */
export async function drawIjbSet(folder: string, size: IjbSize, seed: number): Promise<void> {
  const { images, templates, dimension } = size;
  const draw = (what: string): (() => number) => keyedRandom(seed, `bench ijb ${what}`, 0, 0);
  const people = Math.max(2, Math.round(templates / TEMPLATES_EACH));
  // Nobody of the first has only one template.
  const chosen = draw('people');
  const person = Int32Array.from({ length: templates }, (_, t) =>
    t < 2 * people ? t % people : Math.floor(chosen() * people),
  );
  const template = templatesOf(images, templates, draw('templates'));
  const [medium, sure] = [draw('media'), draw('scores')];
  const names = (line: (image: number) => string) => lines(images, line);
  await written(join(folder, `${SUBSET}_face_tid_mid.txt`), names((i) => `${i + 1}.jpg ${template[i]! + 1} ${template[i]! * 8 + Math.floor(medium() * 5)}`)); // prettier-ignore
  await written(join(folder, `${SUBSET}_name_5pts_score.txt`), names((i) => `${i + 1}.jpg 30 51 65 51 48 71 33 92 62 92 ${sure().toFixed(6)}`)); // prettier-ignore
  const trials = trialsOf(size, person, draw('trials'));
  const trial = (i: number): string => {
    const [a, b] = [Math.floor(trials[i]! / templates), trials[i]! % templates];
    return `${a + 1} ${b + 1} ${person[a] === person[b] ? 1 : 0}`;
  };
  await written(join(folder, `${SUBSET}_template_pair_label.txt`), lines(trials.length, trial));
  const [centre, noise] = [draw('centres'), draw('noise')];
  const centres = Float32Array.from({ length: people * dimension }, () => centre() - 0.5);
  const rows = function* (): Generator<Uint8Array> {
    yield npyHeader([images, dimension]);
    for (let first = 0; first < images; first += ROWS_AT_ONCE) {
      const count = Math.min(ROWS_AT_ONCE, images - first);
      const values = new Float32Array(count * dimension);
      for (let i = 0; i < count; i++) {
        const from = person[template[first + i]!]! * dimension;
        for (let d = 0; d < dimension; d++) values[i * dimension + d] = centres[from + d]! + NOISE * (noise() - 0.5);
      }
      yield new Uint8Array(values.buffer);
    }
  };
  await written(join(folder, EMBEDDINGS), rows());
}

/** Of each image, in order: one for each template, the others as chance has it, most for the first. */
function templatesOf(images: number, templates: number, random: () => number): Int32Array {
  const chosen = Int32Array.from({ length: images }, (_, i) =>
    i < templates ? i : Math.floor(templates * random() ** 4),
  );
  return chosen.toSorted();
}

/** Pairs a x templates + b, in order. */
function trialsOf({ templates, genuine, impostors }: IjbSize, person: Int32Array, random: () => number): Float64Array {
  const own = new Map<number, number[]>();
  person.forEach((one, t) => own.set(one, [...(own.get(one) ?? []), t]));
  const any = (): number => Math.floor(random() * templates);
  const pairs = new Float64Array(genuine + impostors);
  for (let i = 0; i < pairs.length;) {
    const a = any();
    const mates = own.get(person[a]!)!;
    const b = i < genuine ? mates[Math.floor(random() * mates.length)]! : any();
    if (a !== b && (i < genuine || person[a] !== person[b])) pairs[i++] = a * templates + b;
  }
  return pairs.toSorted();
}

function* lines(count: number, line: (i: number) => string): Generator<string> {
  for (let first = 0; first < count; first += LINES_AT_ONCE) {
    let text = '';
    for (let i = first; i < Math.min(count, first + LINES_AT_ONCE); i++) text += `${line(i)}\n`;
    yield text;
  }
}

async function written(path: string, parts: Iterable<Uint8Array | string>): Promise<void> {
  const writer = await openWriter(path);
  try {
    for (const part of parts) await writer.write(part);
    await writer.commit();
  } catch (error) {
    await writer.discard();
    throw error;
  }
}
