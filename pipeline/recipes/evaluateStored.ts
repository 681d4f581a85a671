import { OptionError, RxfaceError } from 'rxface';
import {
  closedSetRanks,
  legacyIdentification,
  openSet,
  within,
  type Identified,
  type PairScores,
  type People,
  type Templates,
} from 'rxface/operators';
import { embeddingRows, sameList, templatePeople, tinyFace } from 'rxface/sources';
import { from, lastValueFrom, tap } from 'rxjs';
import { openTemplates, type TemplateFiles } from './evaluateIjb.ts';

/** A pair protocol from stored embeddings: rows 2p and 2p + 1 are pair p, in ten folds. Two embeddings a row are added. */
export async function scoreStoredPairs(embeddings: string, issame: string): Promise<PairScores> {
  const same = await sameList(issame);
  const units = await unitRows(embeddings, 2 * same.length);
  const { values, dimension, norms } = units;
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

/** TinyFace identification from stored embeddings. Two embeddings a row are added; of equal scores the larger gallery index comes first. */
export async function evaluateTinyFace(
  names: string,
  embeddings: string,
  onRanks?: (found: Identified) => void,
): Promise<TinyFaceResult> {
  const list = await tinyFace(names);
  const { values, dimension } = await unitRows(embeddings, list.images);
  const pick = ({ rows, people }: (typeof list)['probes']): People => {
    const picked = new Float64Array(rows.length * dimension);
    rows.forEach((row, i) => picked.set(values.subarray(row * dimension, (row + 1) * dimension), i * dimension));
    return { values: picked, dimension, people };
  };
  const ranks = closedSetRanks(pick(list.probes), pick(list.gallery));
  if (ranks.length === 0) throw new RxfaceError(`${names}: no probe has a mate in the gallery`);
  onRanks?.({ ranks, people: withMate(list.probes.people, [list.gallery.people]), probes: ranks.length });
  const [one = 0, five = 0, twenty = 0] = within(ranks, [1, 5, 20]).map((hits) => hits / ranks.length);
  return { rank: { '1': one, '5': five, '20': twenty }, probes: ranks.length, gallery: list.gallery.rows.length };
}

export interface IdentifyIjbOptions extends TemplateFiles {
  /** Both galleries, as CSV lists. */
  gallery: readonly string[];
  probe: string;
  /** 'corrected': each gallery by itself, with strangers; 'legacy': both as one, every probe has one mate. Default 'corrected'. */
  mode?: 'corrected' | 'legacy';
  /** Takes the rank of every probe's mate, pooled over the galleries. */
  onRanks?: (found: Identified) => void;
}

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
 * IJB 1:N from stored embeddings. Ranks are pooled over the galleries and divided by all probes.
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
  const { stored, plan, fuse } = await openTemplates(files);
  const wanted = new Set(lists.flatMap((list) => [...list.keys()]));
  const fused = new Map<number, Float64Array>();
  const keep = ({ numbers, values, dimension }: Templates): void =>
    numbers.forEach((number, i) => {
      const id = plan.templates[number]!;
      if (wanted.has(id)) fused.set(id, values.slice(i * dimension, (i + 1) * dimension));
    });
  // One block at a time is asked for: an async iterable is pulled.
  const blocks = async function* () {
    for await (const [block] of stored) yield block!;
  };
  await lastValueFrom(from(blocks()).pipe(fuse, tap(keep)));
  const { dimension } = stored;
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
