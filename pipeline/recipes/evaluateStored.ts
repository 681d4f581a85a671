import { OptionError, RxfaceError, startEngine, type Progress } from 'rxface';
import {
  legacyIdentification,
  openSet,
  searchGallery,
  within,
  type Identified,
  type PairScores,
  type People,
  type SearchStanding,
  type Templates,
} from 'rxface/operators';
import { toEach } from 'rxface/sinks';
import {
  embeddingRows,
  openSource,
  sameList,
  templatePeople,
  tinyFace,
  tinyFaceImages,
  tinyFacePeople,
} from 'rxface/sources';
import { imagesFlow, storedFlow, type EmbeddingFlow, type ImagesToEmbed } from './embeddingFlow.ts';
import { openTemplates, type TemplateFiles } from './evaluateIjb.ts';

/** A pair protocol from stored embeddings: rows 2p and 2p + 1 are pair p, in ten folds. Two embeddings a row are added. */
export async function scoreStoredPairs(embeddings: string, issame: string): Promise<PairScores> {
  const same = await sameList(issame);
  const { values, dimension, norms } = await unitRows(embeddings, 2 * same.length);
  const distances = Float64Array.from(same, (_, pair) => {
    let sum = 0;
    for (let i = 2 * pair * dimension; i < (2 * pair + 1) * dimension; i++)
      sum += (values[i]! - values[i + dimension]!) ** 2;
    return sum;
  });
  return { protocol: 'pairs', distances, same, folds: 10, norms };
}

export interface TinyFaceResult {
  /** Share of the probes with a mate of which any mate is among the first so many. */
  rank: { '1': number; '5': number; '20': number };
  /** Probes with a mate. */
  probes: number;
  gallery: number;
}

/** Names of images and their embeddings, or the images of Testing_Set and a model. */
export type EvaluateTinyFaceOptions = ({ names: string; embeddings: string } | ImagesToEmbed) & {
  /** Folder of the official .mat lists: whatever they name must be there. */
  lists?: string;
  signal?: AbortSignal;
  progress?: Progress;
  /** Takes the rank of every probe's best mate. */
  onRanks?: (found: Identified) => void;
};

/**
 * TinyFace identification, while the embeddings are read or the images stream in. Of equal scores the larger gallery index comes first.
 *
 * @throws FileError, FormatError for files that are missing or wrong; RxfaceError where no probe has a mate; StageError for an image that
 * cannot be decoded
 */
export async function evaluateTinyFace(options: EvaluateTinyFaceOptions): Promise<TinyFaceResult> {
  const { embedded, list } = await openTinyFace(options);
  let last: SearchStanding | undefined;
  const rates = (): TinyFaceResult['rank'] => {
    const [one, five, twenty] = ([1, 5, 20] as const).map((k) => last!.hits(k) / last!.probes);
    return { '1': one!, '5': five!, '20': twenty! };
  };
  const searching = embedded.flow
    .pipe('search', searchGallery(list.probes, list.gallery), { capacity: 1 })
    .sink('standing', toEach<SearchStanding>((standing) => void (last = standing))); // prettier-ignore
  const figures = (): Record<string, number> =>
    last && last.probes > 0 && last.gallery > 0 ? { gallery: last.gallery, 'rank-1 in it': rates()['1'] } : {};
  await embedded.run(searching, { ...options, figures });
  options.onRanks?.(last!.identified());
  return { rank: rates(), probes: last!.probes, gallery: list.gallery.rows.length };
}

/** Of stored embeddings: so many that an engine has searched through them before loops would have. */
const MANY_COMPARISONS = 2e7;

async function openTinyFace(
  options: EvaluateTinyFaceOptions,
): Promise<{ embedded: EmbeddingFlow; list: ReturnType<typeof tinyFaceImages>['list'] }> {
  const name = 'evaluate tinyface';
  const people = options.lists === undefined ? undefined : await tinyFacePeople(options.lists);
  if ('embeddings' in options) {
    const list = await tinyFace(options.names, people);
    if (list.probes.rows.length * list.gallery.rows.length > MANY_COMPARISONS) await startEngine();
    return { embedded: await storedFlow(name, options.embeddings, { rows: list.images }), list };
  }
  const { faces, list } = tinyFaceImages(await openSource(options.data), people);
  return { embedded: await imagesFlow(name, faces, options), list };
}

export type IdentifyIjbOptions = TemplateFiles & {
  /** Both galleries, as CSV lists. */
  gallery: readonly string[];
  probe: string;
  /** 'corrected': each gallery by itself, with strangers; 'legacy': both as one, every probe has one mate. Default 'corrected'. */
  mode?: 'corrected' | 'legacy';
  /** Takes the rank of every probe's mate, pooled over the galleries. */
  onRanks?: (found: Identified) => void;
};

export interface IdentificationResult {
  mode: 'corrected' | 'legacy';
  rank: Record<string, number>;
  /** By FPIR, mean of the galleries; corrected mode only. */
  tpir?: Record<string, number>;
  /** By FAR; legacy mode only. */
  recall?: Record<string, number>;
  probes: number;
  gallery: number[];
}

const RANKS = [1, 5, 10];
const RATES = [0.01, 0.1];

/**
 * IJB 1:N, from stored embeddings or images. Ranks are pooled over the galleries and divided by all probes.
 *
 * @throws OptionError where there are not two galleries in corrected mode
 */
export async function identifyIjb(options: IdentifyIjbOptions): Promise<IdentificationResult> {
  const { gallery: paths, probe, mode = 'corrected', onRanks } = options;
  if (paths.length === 0) throw new OptionError('evaluate ijb-1n', '--gallery', 'at least one list', paths);
  const lists = await Promise.all(paths.map(templatePeople));
  const probeList = await templatePeople(probe);
  const peopleOf = await templatesOf(options, [...lists, probeList]);
  const probes = peopleOf(probeList);
  const total = probes.people.length;
  const named = (names: number[], values: number[]): Record<string, number> =>
    Object.fromEntries(names.map((name, i) => [String(name), values[i]!]));
  const rank = (ranks: number[]): Record<string, number> =>
    named(
      RANKS,
      within(ranks, RANKS).map((hits) => hits / total),
    );
  const counts = { probes: total, gallery: lists.map(({ size }) => size) };
  if (mode === 'legacy') {
    const both = new Map(lists.flatMap((list) => [...list]).toSorted(([a], [b]) => a - b));
    const { ranks, recall } = legacyIdentification(probes, peopleOf(both), RATES);
    onRanks?.({ ranks, people: probes.people, probes: total });
    return { mode, rank: rank(ranks), recall: named(RATES, recall), ...counts };
  }
  const found = lists.map((list) => openSet(probes, peopleOf(list), RATES));
  const mean = RATES.map((_, i) => found.reduce((sum, { tpir }) => sum + tpir[i]!, 0) / found.length);
  const ranks = found.flatMap((one) => one.ranks);
  const galleries = lists.map((list) => Int32Array.from(list.values()));
  onRanks?.({ ranks, people: withMate(probes.people, galleries), probes: total });
  return { mode, rank: rank(ranks), tpir: named(RATES, mean), ...counts };
}

/** Who the probes with a mate are, gallery by gallery. */
function withMate(probes: Int32Array, galleries: readonly Int32Array[]): number[] {
  return galleries.flatMap((gallery) => {
    const there = new Set(gallery);
    return [...probes].filter((person) => there.has(person));
  });
}

/** Fuses the templates that lists name. */
async function templatesOf(
  files: TemplateFiles,
  lists: readonly ReadonlyMap<number, number>[],
): Promise<(list: ReadonlyMap<number, number>) => People> {
  const { embedded, plan, fuse } = await openTemplates(files);
  const wanted = new Set(lists.flatMap((list) => [...list.keys()]));
  const fused = new Map<number, Float64Array>();
  let dimension = 0;
  const keep = (templates: Templates): void => {
    dimension = templates.dimension;
    templates.numbers.forEach((number, i) => {
      const id = plan.templates[number]!;
      if (wanted.has(id)) fused.set(id, templates.values.slice(i * dimension, (i + 1) * dimension));
    });
  };
  const fusing = embedded.flow.pipe('templates', fuse, { capacity: 1 }).sink('keep', toEach(keep));
  await embedded.run(fusing, { ...files, figures: () => ({ 'share of templates': fused.size / wanted.size }) });
  return (list) => {
    const values = new Float64Array(list.size * dimension);
    [...list.keys()].forEach((id, i) => {
      const template = fused.get(id);
      if (template === undefined)
        throw new RxfaceError(`template ${id} has no images in ${files.subset}_face_tid_mid.txt`);
      values.set(template, i * dimension);
    });
    return { values, dimension, people: Int32Array.from(list.values()) };
  };
}

/** The first `rows` embeddings at unit length. */
async function unitRows(
  path: string,
  rows: number,
): Promise<{ values: Float64Array; dimension: number; norms: Float32Array }> {
  const stored = await embeddingRows(path, { rows });
  const { dimension } = stored;
  const all = new Float64Array(rows * dimension);
  const norms = new Float32Array(rows);
  let at = 0;
  for await (const [block] of stored) {
    for (let i = 0; i < block!.values.length; i += dimension, at += dimension) {
      const row = block!.values.subarray(i, i + dimension);
      let square = 0;
      for (let d = 0; d < dimension; d++) square += row[d]! * row[d]!;
      const length = Math.sqrt(square);
      if (!(length > 0 && length < Infinity))
        throw new RxfaceError(`${path}: row ${at / dimension} has length ${length}`);
      norms[at / dimension] = length;
      for (let d = 0; d < dimension; d++) all[at + d] = row[d]! / length;
    }
  }
  return { values: all, dimension, norms };
}
