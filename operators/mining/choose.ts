import {
  add,
  argMax,
  mean,
  min,
  reshape,
  square,
  sum,
  tidy,
  topk,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { keyedRandom } from '../maths/keyedRandom.ts';
import { farness } from './farness.ts';

/**
 * How faces are chosen that complement a batch.
 * 'argmaxDedup': the farthest of each face of the batch, by votes, none twice, so many of a class at most.
 * 'meanTopK': the farthest from the batch's mean. 'maxMin': those whose nearest face of the batch is farthest.
 * 'random': any. 'literal': the farthest of each of the batch's first faces, also where that is the same one (Eq 9 as printed).
 */
export type MiningMode = 'argmaxDedup' | 'meanTopK' | 'maxMin' | 'random' | 'literal';

export interface ChooseOptions {
  mode: MiningMode;
  /** Faces wanted, M; there are fewer where fewer may be chosen. */
  count: number;
  /** 'argmaxDedup': most of one class. Default: as many as let the classes that there are fill the places evenly. */
  cap?: number | undefined;
  /** Keys what is drawn: the seed, the variation, the iteration. */
  key: { seed: number; name: string; iteration: number };
}

export interface Chosen {
  /** Places in the pool. */
  slots: Int32Array;
  /** Share of different answers among those of the batch's faces, 0 to 1: near 0 all of them want the same few. 1 where nobody was asked. */
  distinct: number;
}

/** Answers of each face of the batch that are looked at. */
const NEIGHBOURS = 8;

/**
 * Chooses the faces of a pool that complement a batch, by the logits of one variation's classifier (MvCoM, Eq 9).
 *
 * In plain words: looks for faces that are as unlike those of the batch as can be, in one respect.
 *
 * The farthest face is often the same for hundreds: by 'argmaxDedup' the faces that are somebody's farthest come first,
 * those with most votes ahead, then who is second farthest, and so on to the eighth; then any, in a keyed order. Who is one
 * too many of a class waits until all others had their turn.
 *
 * @param batch [B, C] logits, at least one row
 * @param pool [P, C] logits
 * @param labels [P] classes of the pool's faces in this variation; who has none (-1) is never chosen
 */
export function choose(batch: Tensor2D, pool: Tensor2D, labels: Int32Array, options: ChooseOptions): Chosen {
  const { mode, key } = options;
  const eligible = new Uint8Array(labels.length);
  const able: number[] = [];
  for (let slot = 0; slot < labels.length; slot++) {
    if (labels[slot]! < 0) continue;
    eligible[slot] = 1;
    able.push(slot);
  }
  const count = Math.min(options.count, mode === 'literal' ? (able.length > 0 ? batch.shape[0] : 0) : able.length);
  if (count === 0) return { slots: new Int32Array(0), distinct: 1 };
  if (mode === 'random') return { slots: Int32Array.from(shuffled(able, key).slice(0, count)), distinct: 1 };
  let chosen: Chosen = { slots: new Int32Array(0), distinct: 1 };
  // Given out past the tidy: it would walk through every number it returns.
  tidy(() => {
    if (mode === 'meanTopK') chosen.slots = places(topk(fromMean(batch, pool, eligible), count).indices);
    else if (mode === 'maxMin') chosen.slots = places(topk(nearest(batch, pool, eligible), count).indices);
    else chosen = answered(farness(batch, pool, eligible), able, labels, { ...options, count });
  });
  return chosen;
}

/** By the answers of each face of the batch: 'literal' and 'argmaxDedup'. `far` [B, P]. */
function answered(far: Tensor2D, able: readonly number[], labels: Int32Array, options: ChooseOptions): Chosen {
  const { mode, count, cap, key } = options;
  const first = places(argMax(far, 1));
  const distinct = new Set(first).size / first.length;
  if (mode === 'literal') return { slots: first.slice(0, count), distinct };
  // What comes later is only sought where it is asked for.
  const ranked = function* (): Generator<number> {
    yield* byVotes(first, 1);
    const neighbours = Math.min(NEIGHBOURS, able.length);
    yield* byVotes(places(topk(far, neighbours).indices), neighbours);
    yield* shuffled(able, key);
  };
  const classes = new Set(able.map((slot) => labels[slot])).size;
  return { slots: capped(ranked(), labels, count, cap ?? Math.ceil(count / classes)), distinct };
}

function places(indices: Tensor): Int32Array {
  return Int32Array.from(indices.dataSync());
}

/** Slots by how near to being farthest they are: all first answers by their number of votes, then all second ones. */
function byVotes(answers: Int32Array, neighbours: number): number[] {
  const ranked: number[] = [];
  for (let rank = 0; rank < neighbours; rank++) {
    const votes = new Map<number, number>();
    for (let at = rank; at < answers.length; at += neighbours)
      votes.set(answers[at]!, (votes.get(answers[at]!) ?? 0) + 1);
    const sorted = [...votes].toSorted(([a, many], [b, more]) => more - many || a - b);
    for (const [slot] of sorted) ranked.push(slot);
  }
  return ranked;
}

/** The first `count`, none twice, at most `cap` of a class; where that leaves places, those who were passed over, in their order. */
function capped(ranked: Iterable<number>, labels: Int32Array, count: number, cap: number): Int32Array {
  const own = new Map<number, number>();
  const within: number[] = [];
  const over: number[] = [];
  const met = new Set<number>();
  for (const slot of ranked) {
    if (within.length === count) break;
    if (met.has(slot)) continue;
    met.add(slot);
    const already = own.get(labels[slot]!) ?? 0;
    own.set(labels[slot]!, already + 1);
    (already < cap ? within : over).push(slot);
  }
  return Int32Array.from([...within, ...over].slice(0, count));
}

/** [P] distance to the batch's mean: that to all its faces together, but for what is the same for everybody. */
function fromMean(batch: Tensor2D, pool: Tensor2D, eligible: Uint8Array): Tensor1D {
  return reshape(farness(reshape(mean(batch, 0), [1, -1]), pool, eligible), [-1]);
}

/** [P] squared distance to the nearest of the batch. */
function nearest(batch: Tensor2D, pool: Tensor2D, eligible: Uint8Array): Tensor1D {
  return min(add(farness(batch, pool, eligible), sum(square(batch), 1, true)), 0);
}

function shuffled(slots: readonly number[], { seed, name, iteration }: ChooseOptions['key']): number[] {
  const random = keyedRandom(seed, `mining.${name}`, iteration, 0);
  const out = [...slots];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
