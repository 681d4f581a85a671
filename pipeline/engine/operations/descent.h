// One step of stochastic gradient descent with momentum.
#pragma once

namespace rxface {

struct Rates {
  float learningRate, momentum, weightDecay, clip;
};

// d = clip gradient + decay weight, v = momentum velocity + d (d where velocity is null), weight - learningRate v.
void descend(const float* weight, const float* gradient, const float* velocity, long count, const Rates&, float* nextWeight,
             float* nextVelocity);

}  // namespace rxface
