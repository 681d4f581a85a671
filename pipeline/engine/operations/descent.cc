#include "descent.h"

#include <algorithm>

#include "threads.h"

namespace rxface {

void descend(const float* weight, const float* gradient, const float* velocity, long count, const Rates& rates, float* nextWeight,
             float* nextVelocity) {
  constexpr long PIECE = 1 << 16;
  parallel(static_cast<int>((count + PIECE - 1) / PIECE), [&](int piece) {
    const long end = std::min(count, (piece + 1) * PIECE);
    for (long i = piece * PIECE; i < end; i++) {
      float v = rates.clip * gradient[i] + rates.weightDecay * weight[i];
      if (velocity) v += rates.momentum * velocity[i];
      nextVelocity[i] = v;
      nextWeight[i] = weight[i] - rates.learningRate * v;
    }
  });
}

}  // namespace rxface
