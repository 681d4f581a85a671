import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../pipeline/recipes/config.ts';
import { openOne, trainingFaces } from '../../../pipeline/recipes/data.ts';
import { metaFaces, type MetaFaces } from '../../../pipeline/recipes/metaFaces.ts';
import { metaSchema } from '../../../pipeline/recipes/metaSchema.ts';
import { cfpFilesOfTwo } from '../../fixtures/cfp.ts';
import { folder, put } from '../../fixtures/archives.ts';

const REST = `model: { name: ir10 }
head: { name: cosface, s: 32, m: 0.35 }
schedule: { name: cosine, lr: 0.1 }
train: { batch: 4, epochs: 1 }
`;

/** The training set of these sources and the meta set beside it. */
async function both(root: string, sources: unknown[], meta: object, augment = {}): Promise<MetaFaces> {
  const config = parseConfig('c.yaml', `data: ${JSON.stringify({ root, sources })}\naugment: ${JSON.stringify(augment)}\n${REST}`); // prettier-ignore
  const { faces, close } = await trainingFaces(config.data);
  try {
    return await metaFaces({ meta: metaSchema.parse(meta), data: config.data, augment: config.augment, training: faces, seed: 7 }); // prettier-ignore
  } finally {
    await close();
  }
}

/** A folder of these images; what is in them is never looked at here. */
const images = (at: string, ids: string[]): Record<string, string> =>
  Object.fromEntries(ids.map((id) => [`${at}/${id}.jpg`, 'no image']));

function somePeople(): string {
  const here = folder();
  put(here, images('train', ['ann/1', 'ann/2', 'bob/1']));
  put(here, images('faces', ['1', '2', '3', '4', '5', '6']));
  put(here, images('cfp', ['001/frontal/01', '001/profile/01', '002/frontal/01', '003/frontal/01']));
  put(here, cfpFilesOfTwo());
  put(here, {
    'race.csv':
      'image,race\n1.jpg,White\n2.jpg,Black\n3.jpg,Indian\n4.jpg,East Asian\n5.jpg,Middle Eastern\n6.jpg,White\n',
    'pose.csv': 'image,bin\n001/frontal/01.jpg,3\n001/profile/01.jpg,0\n002/frontal/01.jpg,4\n003/frontal/01.jpg,2\n',
    'overlap.csv': 'set_a,id_a,set_b,id_b\ncfp,002,train,bob\ncfp,009,train,zoe\n',
  });
  return here;
}
const FACES = { path: 'faces', identities: 'none', labels: { ethnicity: { table: 'race.csv', column: 'race', classes: 'fairface' } } }; // prettier-ignore
const CFP = { path: 'cfp', labels: { pose: { table: 'pose.csv', column: 'bin' } } };

describe('metaFaces', () => {
  it('takes aside what classifiers learn from, where the training set has no labels', async () => {
    const found = await both(somePeople(), [{ path: 'train' }], { sources: [FACES, CFP] }, { blur: 0.2 });
    expect(found.lacking).toEqual(['ethnicity', 'pose']);
    const names = (source: MetaFaces['candidates']): string[] => Array.from(source.labels, (_, i) => source.id(i));
    const [candidates, teachers] = [names(found.candidates), names(found.teachers!)];
    expect(candidates.filter((id) => teachers.includes(id))).toEqual([]);
    // Of the images without a race half are candidates all the same; nobody learns from them.
    expect(candidates.filter((id) => !id.includes('/'))).toHaveLength(3);
    expect(teachers).not.toContain('5.jpg');
    // By person where people are known.
    const people = (ids: string[]): Set<string> =>
      new Set(ids.filter((id) => id.includes('/')).map((id) => id.slice(0, 3)));
    expect([...people(candidates)].filter((person) => people(teachers).has(person))).toEqual([]);
    expect(found.counts.ethnicity.labelled + found.counts.ethnicity.leftOut).toBe(found.candidates.length);
    expect(found.report.join('\n')).toMatch(/^meta set: \d candidates\nethnicity: \d labelled \([\d, ]+ by class\), \d left out\n[^]*blur: 0 labelled .*, and whatever is drawn on them\n[^]*ethnicity: the training set has no labels; its classifier learns from \d images/); // prettier-ignore
    await found.close();
  });

  it('keeps all candidates where the training set has labels of its own', async () => {
    const here = somePeople();
    put(here, { 'own.csv': 'image,bin,race\nann/1.jpg,3,1\n' });
    const own = { pose: { table: 'own.csv', column: 'bin' }, ethnicity: { table: 'own.csv', column: 'race' } };
    const found = await both(here, [{ path: 'train', labels: own }], { sources: [FACES, CFP] });
    expect(found.lacking).toEqual([]);
    expect(found.teachers).toBeUndefined();
    expect(found.candidates.length).toBe(10);
    expect(found.counts.ethnicity).toEqual({ labelled: 5, leftOut: 5, classes: [1, 2, 1, 1] });
    expect(found.counts.pose).toEqual({ labelled: 4, leftOut: 6, classes: [1, 0, 1, 1, 1, 0, 0] });
    await found.close();
  });

  it('takes only the people of the folds', async () => {
    const people = { protocol: '.', folds: [1, 2] };
    const found = await both(somePeople(), [{ path: 'train' }], { sources: [{ ...CFP, people }] });
    // The protocol's two; 003 is in none of its folds.
    expect(found.candidates.length! + found.teachers!.length!).toBe(3);
    expect(found.candidates.classes).toEqual(['001', '002']);
    await found.close();
  });

  it('refuses people who are in both, by table or by name, unless told', async () => {
    const meta = { sources: [{ ...CFP, drop: { file: 'overlap.csv', set: 'cfp' } }], overlap: 'overlap.csv' };
    const here = somePeople();
    // Whoever the table names is dropped from one of the two: nobody is left in both.
    put(here, images('cfp', ['004/frontal/01', '004/profile/01']));
    put(here, { 'pose.csv': 'image,bin\n001/frontal/01.jpg,3\n003/frontal/01.jpg,2\n004/frontal/01.jpg,2\n' });
    await (await both(here, [{ path: 'train' }], meta)).close();
    put(here, { 'shorter.csv': 'set_a,id_a,set_b,id_b\ncfp,003,train,zoe\n' });
    const more = { ...meta, sources: [{ ...CFP, drop: { file: 'shorter.csv', set: 'cfp' } }] };
    put(here, { 'zoe.csv': 'set_a,id_a,set_b,id_b\ncfp,009,train,ann\n' });
    const training = [{ path: 'train', drop: { file: 'zoe.csv', set: 'train' } }];
    await expect(both(here, training, more)).rejects.toThrow(/^1 people are in both training and meta set: train:bob is cfp:002 \(.*overlap.csv\)\. Drop them/); // prettier-ignore
    const allowed = await both(here, training, { ...more, allowOverlap: true });
    expect(allowed.report.at(-1)).toMatch(/^in both sets: train:bob is cfp:002/);
    await allowed.close();
    put(here, images('others', ['Ann/1', 'cy/1']));
    await expect(both(here, [{ path: 'train' }], { sources: [{ path: 'others' }] })).rejects.toThrow('ann is Ann (the same name)'); // prettier-ignore
  });

  it('wants a source of nobody to say so, and no other', async () => {
    const here = somePeople();
    const { identities: _, ...silent } = FACES;
    await expect(both(here, [{ path: 'train' }], { sources: [silent] })).rejects.toThrow("identities must be 'none': nobody of its images is known, received undefined"); // prettier-ignore
    await expect(both(here, [{ path: 'train' }], { sources: [{ ...CFP, identities: 'none' }] })).rejects.toThrow('identities must be left out: its people are known'); // prettier-ignore
  });
});

const DATA = '../shared/data';
describe.skipIf(!existsSync(DATA))('with real faces (needs ../shared/data)', () => {
  const training = [
    { path: 'celeba299/celeba112.tar.gz', drop: { file: 'identity_overlap.csv', set: 'celeba' }, labels: { pose: { points: 'celeba299/labels.csv.gz' } } }, // prettier-ignore
    { path: 'bollywood64/bollywood64.tar.gz', points: 'bollywood64/landmarks.csv.gz', drop: { file: 'identity_overlap.csv', set: 'boll' }, labels: { pose: { points: 'bollywood64/landmarks.csv.gz' } } }, // prettier-ignore
  ];
  const meta = {
    sources: [
      { path: 'fairface_val/fairface112.tar.gz', identities: 'none', labels: { ethnicity: { table: 'fairface_val/labels.csv', column: 'race', classes: 'fairface' } } }, // prettier-ignore
      { path: 'cfp112/cfp112.tar.gz', people: { protocol: 'cfp112/protocol.tar.gz', folds: [1, 2, 3, 4] }, drop: { file: 'identity_overlap.csv', set: 'cfp' }, labels: { pose: { points: 'cfp112/landmarks.csv.gz' } } }, // prettier-ignore
    ],
    overlap: 'identity_overlap.csv',
  };

  it('has nobody in both, ethnicity from one half of FairFace and all poses of CFP', async () => {
    const found = await both(DATA, training, meta, { blur: 0.2, occlude: 0.2 });
    expect(found.lacking).toEqual(['ethnicity']);
    expect(found.shared).toEqual([]);
    if (process.env['SHOW']) console.log(found.report.join('\n'));
    expect(found.teachers!.length).toBeGreaterThan(550);
    expect(found.counts.ethnicity.labelled + found.teachers!.length!).toBe(1200);
    const people = new Set(found.candidates.labels.filter((label) => label >= 0));
    expect(found.candidates.length! - 1050).toBe(14 * people.size);
    expect(found.counts.pose.labelled).toBeGreaterThan(13 * people.size);
    await found.close();
  }, 30_000);

  it('labels a source by landmarks that are not those of its images', async () => {
    const faces = await openOne({ path: 'cfp112/cfp112.tar.gz', labels: { pose: { points: 'cfp112/landmarks.csv.gz' } } }, DATA); // prettier-ignore
    const [sample] = await faces.read(Int32Array.of(0));
    expect(sample).toMatchObject({ id: '001/frontal/01.jpg', variation: { pose: 3 } });
    expect(sample!.points).toBeUndefined();
    await faces.close();
  });
});
