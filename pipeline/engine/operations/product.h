// The innermost product of matrices: a few rows of the result stay in registers while all of the depth goes by.
#pragma once
#include "vectors.h"

namespace rxface {

// c[r][0 .. V x LANES) = (add ? c : 0) + sum over k of a(r, k) b[k][...], for R rows.
// ACROSS: a(r, k) = a[k * stride + r], else a[r * stride + k]. E is float, or Pair: then each k is two of the depth.
template <class E, int R, int V, bool ACROSS>
void strip(const E* a, long stride, const E* b, int depth, float* c, long cStride, bool add) {
  Vec sum[R][V];
  for (int r = 0; r < R; r++)
    for (int v = 0; v < V; v++) sum[r][v] = add ? load(c + r * cStride + v * LANES) : Vec{};
  for (int k = 0; k < depth; k++) {
    decltype(load(b)) row[V];
    for (int v = 0; v < V; v++) row[v] = load(b + v * LANES);
    b += V * LANES;
#pragma GCC unroll 12
    for (int r = 0; r < R; r++) {
      const E value = ACROSS ? a[k * stride + r] : a[r * stride + k];
      for (int v = 0; v < V; v++) sum[r][v] = addProduct(sum[r][v], row[v], value);
    }
  }
  for (int r = 0; r < R; r++)
    for (int v = 0; v < V; v++) store(c + r * cStride + v * LANES, sum[r][v]);
}

// The same for any number of rows, in strips of as equal height as can be.
template <class E, int V, bool ACROSS>
void product(const E* a, long stride, const E* b, int depth, float* c, long cStride, int rows, bool add) {
  using Strip = void (*)(const E*, long, const E*, int, float*, long, bool);
  static constexpr Strip STRIPS[] = {
      strip<E, 1, V, ACROSS>, strip<E, 2, V, ACROSS>, strip<E, 3, V, ACROSS>, strip<E, 4, V, ACROSS>, strip<E, 5, V, ACROSS>,
#ifdef __AVX512F__
      strip<E, 6, V, ACROSS>, strip<E, 7, V, ACROSS>, strip<E, 8, V, ACROSS>, strip<E, 9, V, ACROSS>, strip<E, 10, V, ACROSS>,
      strip<E, 11, V, ACROSS>, strip<E, 12, V, ACROSS>,
#endif
  };
  const int strips = (rows + ROWS - 1) / ROWS;
  for (int i = 0; i < strips; i++) {
    const int from = rows * i / strips, height = rows * (i + 1) / strips - from;
    STRIPS[height - 1](a + from * (ACROSS ? 1 : stride), stride, b, depth, c + from * cStride, cStride, add);
  }
}

}  // namespace rxface
