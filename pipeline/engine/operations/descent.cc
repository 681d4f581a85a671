#include "descent.h"

#include <algorithm>

#include "threads.h"

namespace rxface {
namespace {

// Calls each(i, place) for the rows, several hundred by one thread at a time.
template <class Each>
void forRows(const Places& places, const Each& each) {
  constexpr long PIECE = 256;
  parallel(static_cast<int>((places.count + PIECE - 1) / PIECE), [&](int piece) {
    const long end = std::min(places.count, (piece + 1) * PIECE);
    for (long i = piece * PIECE; i < end; i++) each(i * places.width, places.at[i] * places.width);
  });
}

}  // namespace

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

void descendRows(float* weight, float* velocity, Places places, const float* gradient, const float* along, const Rates& rates) {
  forRows(places, [&](long from, long to) {
    const float* g = gradient + from;
    float *w = weight + to, *v = velocity + to;
    const float shrink = rates.weightDecay - (along ? rates.clip * along[from / places.width] : 0.f);
    for (long d = 0; d < places.width; d++) {
      v[d] = rates.momentum * v[d] + rates.clip * g[d] + shrink * w[d];
      w[d] -= rates.learningRate * v[d];
    }
  });
}

void putRows(float* table, Places places, const float* rows) {
  forRows(places, [&](long from, long to) { std::copy_n(rows + from, places.width, table + to); });
}

}  // namespace rxface
