import { add, exp, expm1, gatherND, mean, mul, neg, reshape, sub, sum, tensor1d } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { project, type Layout } from '../net/centres.ts';
import { ownEntries, replaceOwn } from '../net/kernels/replaceOwn.ts';
import { softmaxCrossEntropy } from '../net/kernels/softmaxCrossEntropy.ts';
import type { Margin } from './margin.ts';

export interface HeadInput {
  /** [B, D] before normalisation. */
  embedding: Tensor2D;
  /** [D, C] class centres, or [C, D] in rows. */
  kernel: Tensor2D;
  /** Default 'columns'. */
  layout?: Layout;
  /** B class numbers in [0, C). */
  labels: Int32Array;
  margin: Margin;
  /** B values of the column that the margin's `quality` names. */
  quality?: Float32Array | Int32Array;
  /** [B] taken off the bent target, in cosine units: a margin of its own for each sample, on top of any other. */
  residual?: Tensor1D;
}

/** What each sample's own loss counts: one number for all, or [B, 1]. */
export type Rows = number | Tensor2D;

/**
 * A head after its forward, sample by sample, whose gradients are still to be asked for, as often as wanted. All [B] but where it says
 * otherwise. Holds tensors: keep it inside one tidy.
 */
export interface BentHead {
  /** Cross entropy of each sample, unweighted. */
  losses: Tensor1D;
  /** What the margin says each sample counts, 1 where it is absent. */
  weight?: Tensor1D;
  /** The margin's own term in the loss. */
  extraLoss?: Scalar;
  norms: Tensor1D;
  cosine: Tensor1D;
  probability: Tensor1D;
  margin: Tensor1D;
  gradientScale: Tensor1D;
  /** [B, D] gradient of sum(rows x losses), with that of the margin's own term where `whole`. */
  byEmbedding(rows: Rows, whole: boolean): Tensor2D;
  /** [B, D] gradient of the margin's own term alone, where it has one. */
  ownTerm?(): Tensor2D;
  /** Gradient of sum(rows x losses), in the layout of the centres. */
  byKernel(rows: Rows): Tensor2D;
  /** [C, 1] for cosines to centres in rows: there the gradient is byKernel - along x kernel. */
  along?(rows: Rows): Tensor2D;
}

/**
 * The forward of a head: cosines, margin, softmax cross entropy.
 *
 * In plain words: how wrong each face is, before anybody has said how much it counts. A gradient is linear in what samples count,
 * so two backward passes with other weights share everything here.
 */
export function bentHead({ embedding, kernel, layout, labels, margin, quality, residual }: HeadInput): BentHead {
  const classes = tensor1d(labels, 'int32');
  const projection = project(embedding, kernel, { ...margin, layout });
  const toCosine = 1 / margin.scale;
  const cosine: Tensor1D = mul(gatherND(projection.logits, ownEntries(classes)), toCosine);

  const bent = margin.apply({
    cosTarget: cosine,
    norms: projection.norms,
    labels: classes,
    ...(margin.needs === 'all' && { cos: mul(projection.logits, toCosine) }),
    ...(margin.quality === 'probability' && {
      probability: exp(neg(softmaxCrossEntropy(projection.logits, classes).loss)),
    }),
    ...(quality && { quality: tensor1d(quality, 'float32') }),
  });
  const target: Tensor1D = residual ? sub(bent.target, residual) : bent.target;
  const others: Tensor2D = bent.negatives ? mul(bent.negatives.logits, margin.scale) : projection.logits;
  const logits: Tensor2D = replaceOwn(others, classes, mul(target, margin.scale));

  const { loss: losses, dLogits } = softmaxCrossEntropy(logits, classes);
  const lack: Tensor1D = expm1(neg(losses)); // P - 1
  const gradientScale: Tensor1D = mul(lack, bent.slope);
  const { negatives, dNorm, extraLoss } = bent;
  const dOwn: Tensor1D = negatives?.dTarget
    ? add(gradientScale, sum(mul(dLogits, negatives.dTarget), 1))
    : gradientScale;
  const dOthers: Tensor2D = negatives ? mul(dLogits, negatives.slopes) : dLogits;
  const gradient = projection.backward(replaceOwn(dOthers, classes, dOwn));
  return {
    losses,
    ...(bent.weight && { weight: bent.weight }),
    ...(extraLoss && { extraLoss: extraLoss.value }),
    norms: projection.norms,
    cosine,
    probability: exp(neg(losses)),
    margin: sub(cosine, target),
    gradientScale,
    byEmbedding(rows, whole) {
      const counts = typeof rows === 'number' ? margin.scale * rows : mul(reshape(rows, [-1]), margin.scale);
      const throughNorms: Tensor1D | undefined = dNorm && mul(mul(lack, dNorm), counts);
      return gradient.byEmbedding(rows, total(throughNorms, whole ? extraLoss?.dNorm : undefined));
    },
    ...(extraLoss && { ownTerm: () => projection.throughNorms(extraLoss.dNorm) }),
    byKernel: gradient.byKernel,
    ...(gradient.along && { along: gradient.along }),
  };
}

/** The loss of a batch: the mean over its samples, as the margin weighs them, and the margin's own term. */
export function meanLoss({ losses, weight, extraLoss }: Pick<BentHead, 'losses' | 'weight' | 'extraLoss'>): Scalar {
  const entropy: Scalar = mean(weight ? mul(losses, weight) : losses);
  return extraLoss ? add(entropy, extraLoss) : entropy;
}

/** Shares of a mean over `count` samples, each counting its weight where there are weights. */
export function rowsOf(weight: Tensor1D | undefined, count: number): Rows {
  return weight ? (mul(reshape(weight, [-1, 1]), 1 / count) as Tensor2D) : 1 / count;
}

function total(a: Tensor1D | undefined, b: Tensor1D | undefined): Tensor1D | undefined {
  return a && b ? add(a, b) : (a ?? b);
}
