// 3x3 convolutions with a border of one zero all round, by Winograd's minimal filtering.
#pragma once
#include "vectors.h"

namespace rxface {

// Maps [count, height, width, channels].
struct Maps {
  int count, height, width;
};

// y = x * w with x [.., in], w [3, 3, in, out], y [.., out]; stride 2 leaves half the height and width, rounded up.
template <class T>
void convolve(Maps of, const T* x, const float* w, Maps into, T* y, int in, int out, int stride);

// The gradient dx [.., in] of dy [.., out] and that w.
template <class T>
void inputGradient(Maps of, const T* dy, const float* w, Maps into, T* dx, int in, int out, int stride);

// The gradient dw [3, 3, in, out] of x [.., in] and dy [.., out].
template <class T>
void filterGradient(Maps of, const T* x, Maps slopes, const T* dy, float* dw, int in, int out, int stride);

}  // namespace rxface
