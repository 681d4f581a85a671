// Batch normalisation over all but the last axis, with the rectifier behind it and the sum after that in the same pass.
#pragma once
#include "vectors.h"

namespace rxface {

constexpr float EPSILON = 1e-5f;
// Share of the batch in a new running statistic.
constexpr float MOMENTUM = 0.1f;

// [channels] each; the variance is the biased one.
struct Statistics {
  const float *mean, *variance;
};

// What follows (x - mean) / sqrt(variance + EPSILON): scale and offset, and where it is not null PReLU's slope below zero.
struct Affine {
  const float *scale, *offset, *slope;
};

// Of x [rows, channels]; the running ones become those after this batch, its unbiased variance in them.
template <class T>
void batchStatistics(const T* x, long rows, int channels, float* mean, float* variance, const Statistics& running, float* runningMean,
                     float* runningVariance);

// y = prelu(norm(x)) + addend, which may be null.
template <class T>
void normalise(const T* x, long rows, int channels, const Statistics&, const Affine&, const T* addend, T* y);

// Gradients of sum(dy . prelu(norm(x))): by x, to which addend (or null) is added, scale, offset and slope (null without one).
// `train`: the statistics are those of x itself, through which the gradient flows too.
template <class T>
void normaliseGradient(const T* dy, const T* x, long rows, int channels, const Statistics&, const Affine&, bool train,
                       const T* addend, T* dx, float* dScale, float* dOffset, float* dSlope);

// Tangent of prelu(norm(x)), to which addend (or null) is added, as x goes along xdot and what follows along `along`, whose null members
// stand still.
template <class T>
void normaliseTangent(const T* x, const T* xdot, long rows, int channels, const Statistics&, const Affine&, const Affine& along, bool train,
                      const T* addend, T* ydot);

}  // namespace rxface
