import { concat, defer, map, of, type Observable } from 'rxjs';
import type { Stage } from '../../pipeline/contracts.ts';
import { OptionError, RxfaceError } from '../../pipeline/errors.ts';
import type { Trials } from '../../pipeline/items.ts';
import type { SortedScores } from '../maths/tarAtFars.ts';
import type { Templates } from './fuseTemplates.ts';
import { scoreCounts, type ScoreCounts } from './scoreCounts.ts';

/** How far the trials of a protocol stand. */
export interface ScoredTrials {
  scored: number;
  trials: number;
  /** What the trials scored so far say of TAR and FAR; good until the next item. */
  counts: ScoreCounts;
  peakOpenMedia: number;
  /** All scores, once all trials have been scored: the last item. */
  scores?: SortedScores;
}

/**
 * Scores trials between templates as soon as both sides are there; the last item has all scores.
 *
 * In plain words: a trial waits with the template that is still missing; when that comes the trial's score (cosine) takes the
 * place of its two template numbers. So a trial takes 12 bytes, and the templates one row each.
 *
 *     [a] ---- [b c] ----- |
 *     scoreTrials(a - b, b - c, a - d)
 *     0 of 3 - 2 of 3 ---- X (no d)
 *
 * ```ts
 * const plan = fusionPlan(Int32Array.of(1, 2), Int32Array.of(1, 2));
 * const trials = () => ({ pairs: Uint32Array.of(0, 1, 0, 0), genuine: 0 });
 * from([embeddings])
 *   .pipe(fuseTemplates(plan), scoreTrials(2, trials))
 *   .subscribe(({ scored }) => console.log(scored)); // 2, and 2 again with all scores
 * ```
 *
 * Scores are taken in float64.
 *
 * @param count templates of the protocol
 * @param open gives the trials of a subscription; their memory is taken, and holds scores afterwards
 * @return an item for each item, and one more on completion. Errors with RxfaceError for a template that comes twice or is
 * missing on completion
 */
export function scoreTrials(count: number, open: () => Trials): Stage<Templates, ScoredTrials> {
  const stage = (source: Observable<Templates>): Observable<ScoredTrials> =>
    defer(() => {
      const scoring = new Scoring(count, open());
      return concat(
        source.pipe(map((templates) => scoring.take(templates))),
        defer(() => of(scoring.all())),
      );
    });
  return Object.assign(stage, {
    label: { in: 'Templates', out: 'ScoredTrials', keeps: 'order', asks: 1, gives: 1, holds: 0 },
  });
}

const NONE = 0xff_ff_ff_ff;

class Scoring {
  readonly #count: number;
  readonly #genuine: number;
  readonly #pairs: Uint32Array;
  /** Over the same memory as the pairs. */
  readonly #scores: Float64Array;
  /** First trial that waits for each template, and the next one that waits for the same as this does. */
  readonly #first: Uint32Array;
  readonly #next: Uint32Array;
  readonly #closed: Uint8Array;
  readonly #counts = scoreCounts();
  #slab = new Float64Array(0);
  #dimension = 0;
  #scored = 0;
  #peak = 0;

  constructor(count: number, { pairs, genuine }: Trials) {
    const trials = pairs.length / 2;
    if (!Number.isInteger(trials) || pairs.byteOffset % 8 !== 0 || genuine > trials)
      throw new OptionError('scoreTrials', 'trials', 'two numbers each, at a multiple of 8 bytes', pairs);
    this.#count = count;
    this.#genuine = genuine;
    this.#pairs = pairs;
    this.#scores = new Float64Array(pairs.buffer, pairs.byteOffset, trials);
    this.#first = new Uint32Array(count).fill(NONE);
    this.#next = new Uint32Array(trials);
    this.#closed = new Uint8Array(count);
    // Backwards, so that each template's trials are met in their order.
    for (let trial = trials - 1; trial >= 0; trial--) {
      const outside = Math.max(pairs[2 * trial]!, pairs[2 * trial + 1]!);
      if (outside >= count) throw new OptionError('scoreTrials', 'trials', `of templates 0 to ${count - 1}`, outside);
      this.#wait(trial, pairs[2 * trial]!);
    }
  }

  take({ numbers, values, dimension, peakOpenMedia }: Templates): ScoredTrials {
    if (numbers.length > 0 && this.#dimension === 0) {
      this.#dimension = dimension;
      this.#slab = new Float64Array(this.#count * dimension);
    }
    this.#peak = Math.max(this.#peak, peakOpenMedia);
    numbers.forEach((template, i) => {
      if (this.#closed[template]++) throw new RxfaceError(`template ${template} came twice`);
      this.#slab.set(values.subarray(i * dimension, (i + 1) * dimension), template * dimension);
      this.#close(template);
    });
    return this.#standing();
  }

  all(): ScoredTrials {
    const trials = this.#scores.length;
    if (this.#scored < trials)
      throw new RxfaceError(`${trials - this.#scored} of ${trials} trials have a template that never came`);
    // In place: a typed array sorts its own memory where no comparison is given.
    // oxlint-disable-next-line unicorn/no-array-sort
    const genuine = this.#scores.subarray(0, this.#genuine).sort();
    // oxlint-disable-next-line unicorn/no-array-sort
    const impostors = this.#scores.subarray(this.#genuine).sort();
    return { ...this.#standing(), scores: { genuine, impostors } };
  }

  #standing(): ScoredTrials {
    return {
      scored: this.#scored,
      trials: this.#scores.length,
      counts: this.#counts,
      peakOpenMedia: this.#peak,
    };
  }

  #wait(trial: number, template: number): void {
    this.#next[trial] = this.#first[template]!;
    this.#first[template] = trial;
  }

  /** Scores the trials that waited for this template, or has them wait for the other one. */
  #close(template: number): void {
    let trial = this.#first[template]!;
    this.#first[template] = NONE;
    while (trial !== NONE) {
      const next = this.#next[trial]!;
      const [a, b] = [this.#pairs[2 * trial]!, this.#pairs[2 * trial + 1]!];
      const other = a === template ? b : a;
      if (this.#closed[other]) this.#score(trial, a, b);
      else this.#wait(trial, other);
      trial = next;
    }
  }

  #score(trial: number, a: number, b: number): void {
    const score = dot(this.#slab, a * this.#dimension, b * this.#dimension, this.#dimension);
    this.#scores[trial] = score;
    this.#counts.add(score, trial < this.#genuine);
    this.#scored++;
  }
}

/** Four sums side by side: one alone would wait for itself at each step. */
function dot(rows: Float64Array, a: number, b: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += rows[a + i]! * rows[b + i]!;
    s1 += rows[a + i + 1]! * rows[b + i + 1]!;
    s2 += rows[a + i + 2]! * rows[b + i + 2]!;
    s3 += rows[a + i + 3]! * rows[b + i + 3]!;
  }
  for (; i < length; i++) s0 += rows[a + i]! * rows[b + i]!;
  return s0 + s1 + (s2 + s3);
}
