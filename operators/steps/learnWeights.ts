import { add, dispose, mul, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Factor } from '../../pipeline/items.ts';
import { rowsOf, type BentHead, type Rows } from '../margins/bentHead.ts';
import { hashKey } from '../maths/keyedRandom.ts';
import { CENTRES } from '../net/centres.ts';
import type { Grads, Params } from '../net/layer.ts';
import { createScope } from '../net/scope.ts';
import { slopeByWeight, tangent, type Forwarded, type Hypergrad } from './hypergradient.ts';
import { metaLoss, type MetaTerm } from './metaLoss.ts';
import type { MetaOutcome, MetaRule } from './metaRule.ts';
import { pseudoStep, type PseudoStep } from './pseudoStep.ts';
import type { Trained } from './trainingState.ts';

/** How a batch's weights are learned. */
export interface Learning {
  rule: MetaRule;
  hypergrad: Exclude<Hypergrad, 'none'>;
  pseudo: PseudoStep;
  /** Statistics that batch norm uses on the meta batch; with its own, dropout is on too. */
  metaBN: 'train' | 'running';
}

/** A batch after its forward, and the meta batch it is judged by. */
export interface Judged {
  forwarded: Forwarded;
  bent: BentHead;
  /** [B, D] gradient of each sample's own loss by its embedding: `bent.byEmbedding(1, false)`. */
  own: Tensor2D;
  /** [M, H, W, 3] the meta batch as the network takes it; consumed. */
  x: Tensor;
  terms: readonly MetaTerm[];
  learningRate: number;
  /** Whether each variation's part of the residuals is wanted, for one backward and one tangent more each. */
  apart: boolean;
}

export interface Learned {
  outcome: MetaOutcome;
  /** [B] slope of the meta loss by what each sample counts. */
  dWeight: Tensor1D;
  /** sum of lambda_k^2 L_k at the pseudo-updated network, and L_k. */
  loss: Scalar;
  losses: Partial<Record<Factor, Scalar>>;
  /** [M, D] embeddings of the meta batch there. */
  embedding: Tensor2D;
  /** [B] residual that one variation's slopes ask for, before clamps, where they were wanted. */
  parts: Partial<Record<Factor, Tensor1D>>;
}

/**
 * One round of learning what the samples of a batch should count: pseudo step, meta batch forward and back, tangent, rule.
 *
 * In plain words: tries the step the batch asks for, sees what the meta batch would then want changed, and gives each sample a say by
 * how far it helps. Activations of the batch's forward stay as they are; nothing that is trained moves; holds tensors, so keep it in
 * a tidy.
 */
export function learnWeights(trained: Trained, learning: Learning, judged: Judged): Learned {
  const { model, margin } = trained;
  const { forwarded, bent, own, terms } = judged;
  const kind = learning.rule.fromNothing ? 'none' : learning.pseudo;
  const grads = kind === 'none' ? {} : pseudoGradient(kind, trained, judged);
  const ahead = pseudoStep(kind, trained, grads, judged.learningRate);
  dispose(grads);

  const scope = createScope({ keeps: true });
  // Masks of its own: the batch's would be taken over for its first samples.
  const seed = hashKey(forwarded.mode.seed, 'meta', forwarded.mode.step, 0);
  const mode = { ...forwarded.mode, train: learning.metaBN === 'train', updateStats: false, seed };
  const embedding = model.forward(judged.x, mode, scope, ahead.params);
  const slopesOf = (dEmbedding: Tensor2D, again: boolean): Tensor1D => {
    const along: Grads = {};
    model.backward(dEmbedding, scope, along, again, ahead.params);
    const edot = tangent(learning.hypergrad, forwarded, along);
    const slopes = slopeByWeight(edot, own, ahead.gain);
    dispose([...Object.values(along), edot]);
    return slopes;
  };
  const { loss, losses, dEmbedding } = metaLoss(embedding, terms);
  const dWeight = slopesOf(dEmbedding, judged.apart);
  const outcome = learning.rule.apply({ dWeight, bent, margin });
  const parts: Partial<Record<Factor, Tensor1D>> = {};
  if (judged.apart && outcome.partOf) {
    for (const term of terms) {
      parts[term.classifier.factor] = outcome.partOf(slopesOf(metaLoss(embedding, [term]).dEmbedding, true));
    }
  }
  scope.dispose();
  disposeMoved(ahead.params, model.params);
  return { outcome, dWeight, loss, losses, embedding, parts };
}

/** Gradient of the batch's loss as its margins are, of the backbone; of the centres too where a bound on its length needs them. */
function pseudoGradient(kind: PseudoStep, { model, optimiser }: Trained, { forwarded, bent, own }: Judged): Grads {
  const rows = rowsOf(bent.weight, own.shape[0]);
  const grads: Grads = kind === 'optimizer' && optimiser.bounded ? { [CENTRES]: bent.byKernel(rows) } : {};
  model.backward(weighed(own, rows, bent), forwarded.scope, grads, true);
  return grads;
}

/** [B, D] gradient of the batch's loss by its embeddings, as its samples count, from each sample's own. */
export function weighed(own: Tensor2D, rows: Rows, bent: Pick<BentHead, 'ownTerm'>): Tensor2D {
  const sum: Tensor2D = mul(own, rows);
  return bent.ownTerm ? add(sum, bent.ownTerm()) : sum;
}

function disposeMoved(params: Params, still: Params): void {
  for (const [name, value] of Object.entries(params)) if (value !== still[name]) value.dispose();
}
