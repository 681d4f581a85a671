import { concat, defer, ignoreElements, of, tap, type Observable } from 'rxjs';
import type { Stage } from '../../pipeline/contracts.ts';
import { OptionError, RxfaceError } from '../../pipeline/errors.ts';
import type { Embeddings } from '../../pipeline/items.ts';
import { norm } from '../maths/norm.ts';
import { partitionPoint } from '../maths/partitionPoint.ts';
import { squaredDistance } from '../maths/squaredDistance.ts';
import { bias, type Bias } from './bias.ts';
import { farsOf } from './scoreCurves.ts';

export interface FalseMatchesOptions {
  /** Group of a face by its id; undefined for a face that belongs to none: it is left out. */
  groupOf: (id: string) => string | undefined;
  /** Share of all pairs of different people that may be taken for one person, in (0, 1). Default 1e-3. */
  far?: number;
}

/** False matches by group at one threshold for everybody. */
export interface FalseMatches {
  /** Squared distance of unit embeddings below which a pair is taken for one person. */
  threshold: number;
  /** Share of all pairs that are: at most what was asked for. */
  far: number;
  /** Pairs of different people, within groups and across. */
  pairs: number;
  /** Faces without a group. */
  leftOut: number;
  /** Sorted by name; `fmr` is over the pairs within the group. */
  groups: { name: string; faces: number; pairs: number; fmr: number }[];
  /** Of the groups' false match rates. */
  bias: Bias;
  /** What other thresholds give: those that let through at most `far[i]` of all pairs let through `fmr[k][i]` of group k's. */
  curve: { far: number[]; fmr: number[][] };
}

/**
 * False match rate of each group of faces at one threshold for all, once all embeddings have passed.
 *
 * In plain words: the threshold lets through so many of all pairs of strangers; among people of one group it may let through
 * ten times as many as among those of another.
 *
 *     [a1 b1]  [a2 b2]  |
 *     falseMatches({ groupOf })
 *                      ({ groups: [a, b] }|)
 *
 * ```ts
 * from([embeddings]).pipe(falseMatches({ groupOf: (id) => `group ${id}`, far: 0.5 }));
 * ```
 *
 * Faces that the data know nobody of (label -1) are all different people; those of one label are never paired.
 *
 * @return one item on completion. Errors with RxfaceError for an embedding without direction, or fewer than two groups with pairs.
 * @throws OptionError for a share outside its bounds
 */
export function falseMatches({ groupOf, far = 1e-3 }: FalseMatchesOptions): Stage<Embeddings, FalseMatches> {
  if (!(far > 0 && far < 1)) throw new OptionError('falseMatches', 'far', 'above 0 and below 1', far);
  const stage = (source: Observable<Embeddings>): Observable<FalseMatches> =>
    defer(() => {
      const faces: Face[] = [];
      let leftOut = 0;
      const keep = ({ ids, labels, values, dimension }: Embeddings): void =>
        ids.forEach((id, i) => {
          const group = groupOf(id);
          if (group === undefined) leftOut++;
          else faces.push({ group, label: labels[i]!, unit: unitOf(id, values.subarray(i * dimension, (i + 1) * dimension)) }); // prettier-ignore
        });
      return concat(
        source.pipe(tap(keep), ignoreElements()),
        defer(() => of({ ...matches(faces, far), leftOut })),
      );
    });
  return Object.assign(stage, {
    label: { in: 'Embeddings', out: 'FalseMatches', keeps: 'nothing', asks: 1, gives: 1, holds: 0 },
  });
}

interface Face {
  group: string;
  label: number;
  unit: Float32Array;
}

function unitOf(id: string, values: Float32Array): Float32Array {
  const length = norm(values);
  if (!(length > 0 && length < Infinity)) throw new RxfaceError(`the embedding of '${id}' has length ${length}`);
  return values.map((x) => x / length);
}

function matches(faces: readonly Face[], far: number): Omit<FalseMatches, 'leftOut'> {
  const names = [...new Set(faces.map(({ group }) => group))].toSorted();
  const within = names.map(() => [] as number[]);
  const all = new Float32Array((faces.length * (faces.length - 1)) / 2);
  let pairs = 0;
  const numbers = faces.map(({ group }) => names.indexOf(group));
  for (let i = 0; i < faces.length; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [faces[i]!, faces[j]!];
      if (a.label >= 0 && a.label === b.label) continue;
      all[pairs] = squaredDistance(a.unit, b.unit, a.unit.length);
      if (numbers[i] === numbers[j]) within[numbers[i]!]!.push(all[pairs]!);
      pairs++;
    }
  }
  const paired = names.filter((_, k) => within[k]!.length > 0);
  if (paired.length < 2) throw new RxfaceError(`false matches are compared over groups: ${paired.length} have pairs`);
  const sorted = all.subarray(0, pairs).toSorted();
  const own = within.map((distances) => Float32Array.from(distances).toSorted());
  // Strictly below it lie at most the share that was asked for.
  const thresholdAt = (share: number): number => sorted[Math.floor(share * pairs + 1e-9)] ?? Infinity;
  const rateBelow = (distances: Float32Array, threshold: number): number =>
    distances.length === 0 ? 0 : partitionPoint(distances, (distance) => distance < threshold) / distances.length;
  const threshold = thresholdAt(far);
  const groups = names.map((name, k) => {
    const distances = own[k]!;
    const fmr = rateBelow(distances, threshold);
    return { name, faces: numbers.filter((n) => n === k).length, pairs: distances.length, fmr };
  });
  const fars = farsOf(pairs);
  const fmr = own.map((distances) => fars.map((share) => rateBelow(distances, thresholdAt(share))));
  return {
    threshold,
    far: rateBelow(sorted, threshold),
    pairs,
    groups,
    bias: bias(groups.filter((group) => group.pairs > 0).map(({ fmr }) => fmr)),
    curve: { far: fars, fmr },
  };
}
