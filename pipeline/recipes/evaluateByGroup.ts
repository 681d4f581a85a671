import { basename } from 'node:path';
import { OptionError } from 'rxface';
import { bias, type Bias, type Embedder } from 'rxface/operators';
import { openSource, pairBin, pairLines } from 'rxface/sources';
import type { EvaluatePairsOptions, PairsOf } from './evaluate.ts';
import { judgePairs } from './judgePairs.ts';
import type { PairFigures } from './pairFigures.ts';

export interface EvaluateByGroupOptions extends EvaluatePairsOptions {
  /** One a group: a list of pairs in LFW's lines, or a .bin. A group has the name of its file: 'African' of African_pairs.txt. */
  lists: readonly string[];
  /** The aligned images that lists of lines name: whatever openSource takes. */
  data?: string;
  /** Hardest pairs of each kind to show, of each group; none by default. */
  hardest?: number;
  /** Takes what was found of each group. */
  onGroup?: (name: string, judged: Awaited<ReturnType<typeof judgePairs>>) => void;
}

/** Accuracy of a model by groups of people, each at thresholds of its own. */
export interface GroupAccuracies {
  groups: (PairFigures & { name: string })[];
  /** Of the groups' errors, 1 - accuracy. */
  bias: Bias;
}

/**
 * Scores a model on a pair protocol for each group of people, and how unequally it errs: RFW (Wang et al. 2019).
 *
 * @throws as judgePairs; OptionError for fewer than two lists, two of one name, or lists of lines without `data`
 */
export async function evaluateByGroup(
  model: Embedder,
  { lists, data, onGroup, ...options }: EvaluateByGroupOptions,
): Promise<GroupAccuracies> {
  const names = lists.map((list) => basename(list).replace(/(_pairs|_test)?\.\w+$/, ''));
  if (new Set(names).size !== lists.length || lists.length < 2)
    throw new OptionError('evaluate rfw', 'lists', 'two or more, each named for its group', lists);
  const groups: GroupAccuracies['groups'] = [];
  for (const [i, name] of names.entries()) {
    const judged = await judgePairs(model, { ...options, ...(await pairsOf(lists[i]!, name, data)) });
    onGroup?.(name, judged);
    const { roc: _roc, histogram: _histogram, ...figures } = judged.found;
    groups.push({ name, ...figures });
  }
  return { groups, bias: bias(groups.map(({ accuracy }) => 1 - accuracy.mean)) };
}

async function pairsOf(list: string, name: string, data: string | undefined): Promise<PairsOf> {
  if (list.endsWith('.bin')) {
    const faces = pairBin(list);
    return { faces, protocol: { ...(await faces.protocol()), name } };
  }
  if (data === undefined) throw new OptionError('evaluate rfw', '--data', `given: ${list} names images`, 'nothing');
  return { protocol: await pairLines(list, name), faces: await openSource(data) };
}
