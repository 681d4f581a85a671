import { FACTORS, OptionError, type Factor } from 'rxface';
import { countLabels, type LabelCount } from 'rxface/operators';
import {
  cfp,
  concat,
  drop,
  only,
  overlapTable,
  parts,
  peopleOfFolds,
  refuseShared,
  sharedPeople,
  type IndexedSource,
  type PeopleOfSet,
} from 'rxface/sources';
import { dataPath, openOne } from './data.ts';
import type { MetaConfig, MetaSourceConfig } from './metaSchema.ts';
import type { Config } from './schema.ts';
import type { SourceConfig } from './sourceSchema.ts';

/** What one source of the meta set comes to. */
export interface MetaSource {
  path: string;
  /** 0 where nobody is known. */
  people: number;
  /** Its images that are candidates, and those that classifiers learn from instead. */
  candidates: number;
  teachers: number;
}

/** The faces that margins are judged by, and what is known of them. */
export interface MetaFaces {
  sources: readonly MetaSource[];
  /** Candidates for meta batches, opened. */
  candidates: IndexedSource;
  /** Variations that the training set has no labels of: their classifiers learn from `teachers`. */
  lacking: readonly Factor[];
  /** Labelled images of them, by person disjoint from the candidates, opened; absent where none is lacking. */
  teachers?: IndexedSource;
  /** Labels of the candidates. Blur and occlusion are labelled as they are drawn, besides what is counted here. */
  counts: Record<Factor, LabelCount>;
  /** People who are in both sets, in words; none, or they were allowed. */
  shared: readonly string[];
  /** All of it in words, a line a fact. */
  report: readonly string[];
  close(): Promise<void>;
}

export interface MetaFacesOptions {
  meta: Pick<MetaConfig, 'sources' | 'overlap' | 'allowOverlap'>;
  data: Config['data'];
  /** Chances of augmentations: what is blurred or covered is labelled by that. */
  augment: Pick<Config['augment'], 'blur' | 'occlude'>;
  /** The variations that count: each has to have labels. Default: those that have. */
  factors?: readonly Factor[];
  /** The training faces, open. */
  training: IndexedSource;
  seed: number;
}

/**
 * Opens the meta set of a config, looks whether anybody of it is in the training set, and takes aside what classifiers
 * learn from whose variation the training set has no labels of: half of the labelled images of each source, by person
 * where people are known.
 *
 * @throws RxfaceError naming people who are in both sets, unless that is allowed; OptionError for a source of nobody that
 * does not say so, or where nothing is labelled for a variation that counts; FileError, FormatError for what cannot be read
 */
export async function metaFaces(options: MetaFacesOptions): Promise<MetaFaces> {
  const { meta, data, augment, training, seed, factors = FACTORS } = options;
  const { root } = data;
  const opened: IndexedSource[] = [];
  const close = async (): Promise<void> => void (await Promise.all(opened.map((source) => source.close())));
  try {
    for (const source of meta.sources) opened.push(await openMeta(source, root));
    const tables = meta.overlap === undefined ? [] : await overlapTable(dataPath(meta.overlap, root));
    const here = [...peopleOfSets(data.sources, training), { people: training.classes ?? [] }];
    const there = meta.sources.map((source, k): PeopleOfSet => {
      const people = source.identities ?? opened[k]!.classes ?? [];
      return { set: setOf(source), people };
    });
    const shared = refuseShared(sharedPeople(here, there, tables), { allow: meta.allowOverlap });
    const lacking = factors.filter(
      (factor) => !isLabelled(training, factor) && !isDrawn(augment, factor) && opened.some((source) => isLabelled(source, factor)), // prettier-ignore
    );
    const candidates: IndexedSource[] = [];
    const teachers: IndexedSource[] = [];
    const sources: MetaSource[] = [];
    for (const [k, source] of opened.entries()) {
      const asked = lacking.some((factor) => isLabelled(source, factor));
      const [teach, judge] = asked ? parts(source, 2, { seed }) : [];
      const own = teach && (await withLabels(teach, lacking));
      candidates.push(judge ?? source);
      if (own) teachers.push(own);
      await Promise.all([judge?.open(), own?.open()]);
      const [many, few] = [(judge ?? source).length!, own?.length ?? 0];
      const people = source.classes?.length ?? 0;
      sources.push({ path: meta.sources[k]!.path, people, candidates: many, teachers: few });
    }
    const all = concat(...candidates);
    await all.open();
    const taught = teachers.length > 0 ? concat(...teachers) : undefined;
    await taught?.open();
    const counts = countLabels(all.variation ?? {}, all.length!);
    for (const factor of options.factors ?? []) {
      if (counts[factor].labelled > 0 || isDrawn(augment, factor)) continue;
      throw new OptionError('meta', `lambda.${factor}`, '0: no candidate has a label of it', 1);
    }
    const report = reportOf({ counts, lacking, shared, images: all.length!, taught: taught?.length ?? 0, augment });
    return { sources, candidates: all, lacking, ...(taught && { teachers: taught }), counts, shared, report, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openMeta(
  { people, identities, ...source }: MetaSourceConfig,
  root: string | undefined,
): Promise<IndexedSource> {
  const found = await openOne(source, root);
  const nobody = !found.labels.some((label) => label >= 0);
  if (nobody !== (identities === 'none')) {
    await found.close();
    const expected = nobody ? "'none': nobody of its images is known" : 'left out: its people are known';
    throw new OptionError(found.name, 'identities', expected, identities);
  }
  if (people === undefined) return found;
  const folds = await cfp(dataPath(people.protocol, root), 'fp');
  const wanted = new Set(peopleOfFolds(folds, people.folds));
  const kept = drop(found, (found.classes ?? []).filter((person) => !wanted.has(person))); // prettier-ignore
  await kept.open();
  return kept;
}

/** By what name tables of overlaps call a source. */
function setOf({ drop: gone }: SourceConfig): string | undefined {
  return gone === undefined || Array.isArray(gone) ? undefined : gone.set;
}

/** Everybody of the training set under each name that its sources have in tables: more than there are, never fewer. */
function peopleOfSets(sources: readonly SourceConfig[], { classes = [] }: IndexedSource): PeopleOfSet[] {
  return [...new Set(sources.map(setOf))].flatMap((set) => (set === undefined ? [] : [{ set, people: classes }]));
}

function isLabelled({ variation }: IndexedSource, factor: Factor): boolean {
  return variation?.[factor]?.some((label) => label >= 0) ?? false;
}

/** Whether faces are labelled for it as they are drawn. */
export function isDrawn({ blur, occlude }: MetaFacesOptions['augment'], factor: Factor): boolean {
  return (factor === 'blur' && blur > 0) || (factor === 'occlusion' && occlude > 0);
}

/** The images with a label of one of these variations. */
async function withLabels(source: IndexedSource, factors: readonly Factor[]): Promise<IndexedSource> {
  await source.open();
  const { labels, variation } = source;
  const known = [...labels.keys()].filter((i) => factors.some((factor) => (variation?.[factor]?.[i] ?? -1) >= 0));
  if (known.length === 0)
    throw new OptionError(source.name, 'labels', `known of more people: none of its half has one`, factors.join(', '));
  const ids = new Set(known.map((i) => source.id(i)));
  return only(source, (id) => ids.has(id));
}

function reportOf(facts: {
  counts: MetaFaces['counts'];
  lacking: readonly Factor[];
  shared: readonly string[];
  images: number;
  taught: number;
  augment: MetaFacesOptions['augment'];
}): string[] {
  const { counts, lacking, shared, images, taught, augment } = facts;
  return [
    `meta set: ${images} candidates`,
    ...FACTORS.map((factor) => {
      const { labelled, leftOut, classes } = counts[factor];
      const drawn = isDrawn(augment, factor) ? ', and whatever is drawn on them' : '';
      return `${factor}: ${labelled} labelled (${classes.join(', ')} by class), ${leftOut} left out${drawn}`;
    }),
    ...lacking.map(
      (factor) =>
        `${factor}: the training set has no labels; its classifier learns from ${taught} images of the meta set that are no candidates`,
    ),
    ...shared.map((line) => `in both sets: ${line}`),
  ];
}
