import { tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Sample } from '../../pipeline/items.ts';
import type { MetaPool } from '../mining/metaPool.ts';
import { readStep, type StepNumbers, type StepTensors } from './readback.ts';

/** What a step reports, and what it brings the pool. */
export interface FreshTensors extends Omit<StepTensors, 'beside'> {
  /** Candidates for the pool with their embeddings. */
  candidates?: { faces: readonly Sample[]; embeddings: Tensor2D };
  /** Places of mined samples with their new embeddings. */
  mined?: { slots: Int32Array; embeddings: Tensor2D };
}

/**
 * Does a step's work and reads everything it came to back at once: what it reports, and the embeddings that go into the pool, which lie
 * outside the engine. Only what the work keeps stays, also when it throws.
 */
export function freshen(pool: Pick<MetaPool, 'put' | 'refresh'>, work: () => FreshTensors): StepNumbers {
  let numbers: StepNumbers | undefined;
  let fresh: Pick<FreshTensors, 'candidates' | 'mined'> = {};
  tidy(() => {
    const { candidates, mined, ...tensors } = work();
    fresh = { ...(mined && { mined }), ...(candidates && { candidates }) };
    const beside = [mined, candidates].flatMap((part) => (part ? [part.embeddings] : []));
    numbers = readStep({ ...tensors, beside });
  });
  const [...read] = numbers!.beside;
  // Mined ones first: a candidate may take the place of one of them.
  if (fresh.mined) pool.refresh(fresh.mined.slots, read.shift()!);
  if (fresh.candidates) pool.put(fresh.candidates.faces, read.shift()!);
  return { ...numbers!, beside: [] };
}
