import { concat, defer, ignoreElements, of, tap, type Observable } from 'rxjs';
import type { Stage } from '../../pipeline/contracts.ts';
import { RxfaceError } from '../../pipeline/errors.ts';
import type { Embeddings, PairProtocol } from '../../pipeline/items.ts';
import { norm } from '../maths/norm.ts';
import { squaredDistance } from '../maths/squaredDistance.ts';
import { imageNames } from './imageNames.ts';
import { pairPeople } from './pairPeople.ts';
import type { PairScores } from './pairScores.ts';

/**
 * Compares the pairs of a protocol once all their embeddings have passed, in whatever order they come.
 *
 * In plain words: embeddings are made unit length and kept, one row per image the protocol names; at the end every pair
 * gets its squared distance. Embeddings of images that the protocol does not name pass by unused.
 *
 *     [a1 b1]  [a2]  |
 *     verifyPairs(pairs: a1 - a2, a1 - b1)
 *                    ([d(a1,a2) d(a1,b1)]|)
 *
 * @example
 * from([embeddings]).pipe(verifyPairs(protocol), map(verification)).subscribe(({ accuracy }) => console.log(accuracy.mean));
 *
 * @returns one PairScores on completion
 * @throws RxfaceError for an embedding without direction (length 0 or not finite), an image that comes twice, or, on
 * completion, images that never came
 */
export function verifyPairs(protocol: PairProtocol): Stage<Embeddings, PairScores> {
  const { names, rowOf, demand } = imageNames(protocol);
  const stage = (source: Observable<Embeddings>): Observable<PairScores> =>
    defer(() => {
      let dimension = 0;
      let slab = new Float32Array(0);
      const seen = new Uint8Array(names.length);
      const norms = new Float32Array(names.length);
      const keep = (item: Embeddings): void => {
        if (dimension === 0) slab = new Float32Array(names.length * (dimension = item.dimension));
        item.ids.forEach((id, i) => {
          const row = rowOf(id);
          if (row < 0) return;
          if (seen[row]++) throw new RxfaceError(`protocol '${protocol.name}': image '${id}' came twice`);
          const length = norm(item.values, i * dimension, dimension);
          if (!(length > 0 && length < Infinity)) {
            throw new RxfaceError(`protocol '${protocol.name}': the embedding of '${id}' has length ${length}`);
          }
          norms[row] = length;
          // A loop: callbacks take twice as long.
          for (let d = 0; d < dimension; d++) slab[row * dimension + d] = item.values[i * dimension + d]! / length;
        });
      };
      const scores = (): PairScores => {
        demand((row) => seen[row]! > 0);
        const people = pairPeople(protocol);
        return {
          protocol: protocol.name,
          distances: Float64Array.from(protocol.pairs, ({ a, b }) =>
            squaredDistance(slab, slab, dimension, rowOf(a) * dimension, rowOf(b) * dimension),
          ),
          same: Uint8Array.from(protocol.pairs, (pair) => Number(pair.same)),
          folds: protocol.folds,
          ...(people && { people }),
          norms: Float32Array.from(protocol.pairs.flatMap(({ a, b }) => [norms[rowOf(a)]!, norms[rowOf(b)]!])),
        };
      };
      return concat(
        source.pipe(tap(keep), ignoreElements()),
        defer(() => of(scores())),
      );
    });
  return Object.assign(stage, {
    label: { in: 'Embeddings', out: 'PairScores', keeps: 'nothing', asks: 1, gives: 1, holds: 0 },
  });
}
