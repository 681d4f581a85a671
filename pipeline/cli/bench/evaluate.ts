import { from, lastValueFrom, map } from 'rxjs';
import { keyedRandom, verification, verifyPairs } from 'rxface/operators';
import type { Embeddings, PairProtocol } from '../../items.ts';
import { findPeer, startPeer } from './peer.ts';
import type { Result } from './result.ts';
import { takeTurns } from './turns.ts';

export interface EvaluateBenchOptions {
  /** Pairs of a protocol, each of two images of its own. */
  pairs: number;
  /** Numbers in an embedding. */
  dimension: number;
  rounds: number;
  peer?: string | false;
}

const FOLDS = 10;
const AT_ONCE = 64;
const UNIT = 'pairs a second';

/**
 * Measures the scoring of a verification protocol from its embeddings, which are there already: lengths, distances, accuracy over ten
 * folds, VAL and TAR at FAR 1e-3, AUC. Beside it the same in numpy.
 */
export async function scoringRate(options: EvaluateBenchOptions, say: (line: string) => void): Promise<Result> {
  const { pairs, dimension, rounds } = options;
  const protocol = protocolOf(pairs);
  const batches = embeddings(2 * pairs, dimension);
  const python = options.peer === false ? undefined : await findPeer(options.peer);
  const args = ['--pairs', String(pairs), '--dimension', String(dimension)];
  const peer = python === undefined ? undefined : await startPeer(python, args, 'evaluate.py');
  try {
    const ours = {
      name: 'rxface',
      async turn() {
        const began = performance.now();
        await lastValueFrom(from(batches).pipe(verifyPairs(protocol), map(verification)));
        return (pairs * 1000) / (performance.now() - began);
      },
    };
    await ours.turn();
    const theirs = peer === undefined ? [] : [{ name: peer.name, turn: () => peer.time(1) }];
    const turns = await takeTurns(ours, theirs, { rounds, unit: UNIT, say });
    const work = `${pairs.toLocaleString('en-GB')} pairs of ${dimension} numbers, ${FOLDS} folds`;
    return { benchmark: 'evaluate', work, unit: UNIT, ...turns };
  } finally {
    await peer?.close();
  }
}

const name = (image: number): string => `image ${image}`;

/** The images 2 i and 2 i + 1 are pair i; every other pair is one person. */
function protocolOf(count: number): PairProtocol {
  const pairs = Array.from({ length: count }, (_, i) => ({ a: name(2 * i), b: name(2 * i + 1), same: i % 2 === 0 }));
  return { name: 'bench', pairs, folds: FOLDS };
}

/** Random ones, in batches; the two of a person share half. */
function embeddings(images: number, dimension: number): Embeddings[] {
  const random = keyedRandom(0, 'bench', 0, 0);
  const shared = new Float32Array(dimension);
  const batches: Embeddings[] = [];
  for (let first = 0; first < images; first += AT_ONCE) {
    const count = Math.min(AT_ONCE, images - first);
    const values = new Float32Array(count * dimension);
    for (let i = 0; i < count; i++) {
      const image = first + i;
      if (image % 2 === 0) for (let d = 0; d < dimension; d++) shared[d] = random() - 0.5;
      const share = image % 4 < 2 ? 1 : 0;
      for (let d = 0; d < dimension; d++) values[i * dimension + d] = share * shared[d]! + random() - 0.5;
    }
    const index = Array.from({ length: count }, (_, i) => first + i);
    batches.push({
      epoch: 0,
      values,
      dimension,
      labels: new Int32Array(count),
      ids: index.map(name),
      keys: index.map((at) => ({ epoch: 0, position: at, index: at })),
    });
  }
  return batches;
}
