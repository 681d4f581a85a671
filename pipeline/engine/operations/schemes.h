// Winograd's minimal filtering along one axis: fewer products for a tile of results than their definition has. Each scheme is
// y = results(kernel(g) . inputs(d)); `slopes` and `gradient` are the transposes of `results` and `kernel`.
// Along two axes a scheme is applied to the columns, then to the rows.
#pragma once
#include "vectors.h"

namespace rxface {

// Stride 1, F(2, 3): 4 products in place of 6. Lavin and Gray, "Fast Algorithms for Convolutional Networks" (2015), 4.1.
struct Dense {
  static constexpr int PLACES = 4, INPUTS = 4, RESULTS = 2;
  // Tile t sees inputs from t * STEP + FROM on.
  static constexpr int STEP = 2, FROM = -1;
  static void inputs(const Vec* d, Vec* v) {
    v[0] = d[0] - d[2];
    v[1] = d[1] + d[2];
    v[2] = d[2] - d[1];
    v[3] = d[1] - d[3];
  }
  static void kernel(const Vec* g, Vec* u) {
    const Vec ends = (g[0] + g[2]) * 0.5f, middle = g[1] * 0.5f;
    u[0] = g[0];
    u[1] = ends + middle;
    u[2] = ends - middle;
    u[3] = g[2];
  }
  static void results(const Vec* m, Vec* y) {
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] - m[2] - m[3];
  }
  static void slopes(const Vec* dy, Vec* z) {
    z[0] = dy[0];
    z[1] = dy[0] + dy[1];
    z[2] = dy[0] - dy[1];
    z[3] = -dy[1];
  }
  static void gradient(const Vec* u, Vec* g) {
    const Vec sum = (u[1] + u[2]) * 0.5f;
    g[0] = u[0] + sum;
    g[1] = (u[1] - u[2]) * 0.5f;
    g[2] = sum + u[3];
  }
};

// Stride 2: the outer taps meet every second input, F(2, 2), 3 products in place of 4; the middle one meets those between.
struct Halving {
  static constexpr int PLACES = 5, INPUTS = 5, RESULTS = 2;
  static constexpr int STEP = 4, FROM = -1;
  static void inputs(const Vec* d, Vec* v) {
    v[0] = d[0] - d[2];
    v[1] = d[2];
    v[2] = d[4] - d[2];
    v[3] = d[1];
    v[4] = d[3];
  }
  static void kernel(const Vec* g, Vec* u) {
    u[0] = g[0];
    u[1] = g[0] + g[2];
    u[2] = g[2];
    u[3] = u[4] = g[1];
  }
  static void results(const Vec* m, Vec* y) {
    y[0] = m[0] + m[1] + m[3];
    y[1] = m[1] + m[2] + m[4];
  }
  static void slopes(const Vec* dy, Vec* z) {
    z[0] = z[3] = dy[0];
    z[1] = dy[0] + dy[1];
    z[2] = z[4] = dy[1];
  }
  static void gradient(const Vec* u, Vec* g) {
    g[0] = u[0] + u[1];
    g[1] = u[3] + u[4];
    g[2] = u[1] + u[2];
  }
};

// The gradient of `Halving` by its inputs, its kernel turned round: four results of three inputs.
struct Doubling {
  static constexpr int PLACES = 5, INPUTS = 3, RESULTS = 4;
  static constexpr int STEP = 2, FROM = 0;
  static void inputs(const Vec* d, Vec* v) {
    v[0] = d[0] - d[1];
    v[1] = v[4] = d[1];
    v[2] = d[2] - d[1];
    v[3] = d[0];
  }
  static void kernel(const Vec* g, Vec* u) { Halving::kernel(g, u); }
  static void results(const Vec* m, Vec* y) {
    y[0] = m[3];
    y[1] = m[0] + m[1];
    y[2] = m[4];
    y[3] = m[1] + m[2];
  }
};

}  // namespace rxface
