import { add, exp, expm1, gatherND, mean, mul, neg, sub, sum, tensor1d, tidy } from '@tensorflow/tfjs-core';
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

/** All tensors belong to the receiver. */
export interface HeadOutput {
  /** Mean cross entropy, plus the margin's own term. */
  loss: Scalar;
  /** [B, D] gradient of `loss`. */
  dEmbedding: Tensor2D;
  /** Gradient of `loss`, in the layout of the centres. */
  dKernel: Tensor2D;
  /** [C, 1] for cosines to centres in rows: there the gradient is dKernel - along x kernel. */
  along?: Tensor2D;
  /** [B] lengths of the embeddings. */
  norms: Tensor1D;
  /** [B] cosine to the own centre, clamped. */
  cosine: Tensor1D;
  /** [B] P, the probability of the own class, margin included. */
  probability: Tensor1D;
  /** [B] cosine - target: how far the margin moved it. */
  margin: Tensor1D;
  /** [B] (P - 1) x slope: the AdaFace paper's gradient scaling term (Eq 12) of the own class, before the scale s. */
  gradientScale: Tensor1D;
}

/**
 * The head of a training step: cosines, margin, softmax cross entropy, and the gradients by embeddings and centres.
 *
 * In plain words: how far each face is from where it should be, and in which direction both it and the centres have to move.
 * A margin that needs 'target' works on [B] vectors of the own class alone, which are written back into the [B, C] logits.
 *
 * AdaFace paper, Eq 9 to 12.
 */
export function head({ embedding, kernel, layout, labels, margin, quality, residual }: HeadInput): HeadOutput {
  return tidy(() => {
    const weight = 1 / labels.length;
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
    const { negatives } = bent;
    const dOwn: Tensor1D = negatives?.dTarget
      ? add(gradientScale, sum(mul(dLogits, negatives.dTarget), 1))
      : gradientScale;
    const dOthers: Tensor2D = negatives ? mul(dLogits, negatives.slopes) : dLogits;
    const dNorms = normGradient(bent.dNorm && mul(mul(lack, bent.dNorm), margin.scale * weight), bent.extraLoss?.dNorm);

    const entropy: Scalar = mean(losses);
    const loss: Scalar = bent.extraLoss ? add(entropy, bent.extraLoss.value) : entropy;
    const moved: Tensor1D = sub(cosine, target);
    return {
      loss,
      ...projection.backward(replaceOwn(dOthers, classes, dOwn), weight, dNorms),
      norms: projection.norms,
      cosine,
      probability: exp(neg(losses)),
      margin: moved,
      gradientScale,
    };
  });
}

function normGradient(a: Tensor1D | undefined, b: Tensor1D | undefined): Tensor1D | undefined {
  return a && b ? add(a, b) : (a ?? b);
}
