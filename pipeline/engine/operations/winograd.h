// 3x3 convolutions with a border of one zero all round, by Winograd's minimal filtering.
#pragma once
#include "vectors.h"

namespace rxface {

// Maps [count, height, width, channels].
struct Maps {
  int count, height, width;
};

// y = x * w with x [.., in], w [3, 3, in, out], y [.., out]; stride 2 leaves half the height and width, rounded up.
void convolve(Maps of, const float* x, const float* w, Maps into, float* y, int in, int out, int stride);

// The gradient dx [.., in] of dy [.., out] and that w.
void inputGradient(Maps of, const float* dy, const float* w, Maps into, float* dx, int in, int out, int stride);

// The gradient dw [3, 3, in, out] of x [.., in] and dy [.., out].
void filterGradient(Maps of, const float* x, Maps slopes, const float* dy, float* dw, int in, int out, int stride);

}  // namespace rxface
