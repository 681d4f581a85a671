import { hashKey } from 'rxface/operators';
import { indexed, type IndexedSource } from 'rxface/sources';
import { listsByLabel } from '../byLabel.ts';
import { OptionError } from '../errors.ts';

/** Fewer teach nothing, and give no pairs to verify on. */
const LEAST_PEOPLE = 20;
const LEAST_IMAGES = 4;

/** Faces to train on, and faces of people who are not among them. */
export interface DividedPeople {
  train: IndexedSource;
  unseen: IndexedSource;
}

/**
 * Divides the people of a source into those to train on and those to be verified on, who are never seen in training.
 *
 * Who is who is keyed by the seed. People with fewer than four images are left out; where there are not as many as asked for,
 * four of five train.
 *
 * @param perPerson images at most of each
 * @throws OptionError where fewer than twenty people have four images
 */
export async function dividePeople(
  source: IndexedSource,
  { people, unseen, perPerson, seed }: { people: number; unseen: number; perPerson: number; seed: number },
): Promise<DividedPeople> {
  await source.open();
  const { name, labels } = source;
  const images = listsByLabel('demo', { name, labels, length: labels.length });
  const fit = [...images.entries()].filter(([, own]) => own.length >= LEAST_IMAGES);
  if (fit.length < LEAST_PEOPLE) {
    const expected = `images of at least ${LEAST_PEOPLE} people, ${LEAST_IMAGES} of each`;
    throw new OptionError('demo', '--data', expected, `${fit.length} such people in ${source.name}`);
  }
  const keys = new Map(fit.map(([label]) => [label, hashKey(seed, 'demo.people', 0, label)]));
  const order = fit.toSorted(([a], [b]) => keys.get(a)! - keys.get(b)!);
  const tested = Math.min(unseen, Math.floor(fit.length / 5));
  const part = (chosen: typeof fit, called: string): IndexedSource =>
    facesOf(
      source,
      chosen.map(([label, own]) => ({
        name: source.classes?.[label] ?? String(label),
        images: own.subarray(0, perPerson),
      })),
      called,
    );
  return {
    unseen: part(order.slice(0, tested), 'unseen'),
    train: part(order.slice(tested, tested + people), 'train'),
  };
}

/** These images of these people; the ids are NAME/NUMBER, whatever the source called them. */
function facesOf(source: IndexedSource, people: { name: string; images: Int32Array }[], called: string): IndexedSource {
  const rows = people.flatMap(({ name, images }, label) =>
    Array.from(images, (index, i) => ({ name, index, label, number: i + 1 })),
  );
  return indexed(`${source.name}, ${called}`, [source], async () => ({
    classes: people.map(({ name }) => name),
    labels: Int32Array.from(rows, ({ label }) => label),
    faults: [],
    id: (i) => `${rows[i]!.name.replaceAll(/[/\\]/g, '_')}/${String(rows[i]!.number).padStart(4, '0')}`,
    place: (i) => source.place(rows[i]!.index),
    read: (at) => source.read(at.map((i) => rows[i]!.index)),
  }));
}
