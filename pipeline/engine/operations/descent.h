// One step of stochastic gradient descent with momentum.
#pragma once

namespace rxface {

struct Rates {
  float learningRate, momentum, weightDecay, clip;
};

// d = clip gradient + decay weight, v = momentum velocity + d (d where velocity is null), weight - learningRate v.
void descend(const float* weight, const float* gradient, const float* velocity, long count, const Rates&, float* nextWeight,
             float* nextVelocity);

// Rows of a table, `width` numbers each, one for each of `count` places of them, every place at most once.
struct Places {
  const int* at;
  long count, width;
};

// The same for some rows in place, each of whose gradient is what is given less `along` times the row (null: what is given).
void descendRows(float* weight, float* velocity, Places, const float* gradient, const float* along, const Rates&);

// Copies rows to their places.
void putRows(float* table, Places, const float* rows);

}  // namespace rxface
