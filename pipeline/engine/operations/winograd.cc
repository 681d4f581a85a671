// In each place of the transformed tiles the products over channels, or over tiles, are products of matrices.
#include "winograd.h"

#include <algorithm>

#include "product.h"
#include "schemes.h"
#include "threads.h"

namespace rxface {
namespace {

// Floats of transformed tiles that a thread works on at a time: half its second-level cache.
constexpr int TILE_FLOATS = 96 * 1024;
// What lies a power of two apart pushes each other out of the cache: such distances get this much longer.
constexpr int APART = LANES;

enum Slots { KERNELS, TILES, PRODUCTS };

int ceilOf(int a, int b) { return (a + b - 1) / b; }

// The tiles that cover maps of results, `side` results a side, in order.
struct Grid {
  int side, rows, columns, tiles;
  Grid(Maps results, int of)
      : side(of), rows(ceilOf(results.height, of)), columns(ceilOf(results.width, of)), tiles(results.count * rows * columns) {}
  struct Tile {
    int image, row, column;
  };
  Tile operator[](int index) const { return {index / (rows * columns), index / columns % rows, index % columns}; }
};

// N x N values of one channel vector at (row, column) of an image, zeros beyond its borders.
template <int N>
void gather(Maps maps, const float* x, int channels, int image, int row, int column, int c, Vec (*d)[N]) {
  const float* corner = x + ((static_cast<long>(image) * maps.height + row) * maps.width + column) * channels + c;
  const long line = static_cast<long>(maps.width) * channels;
  if (row >= 0 && column >= 0 && row + N <= maps.height && column + N <= maps.width) {
    for (int i = 0; i < N; i++)
      for (int j = 0; j < N; j++) d[i][j] = load(corner + i * line + j * channels);
    return;
  }
  const auto within = [](int at, int size) { return at >= 0 && at < size; };
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      const bool there = within(row + i, maps.height) && within(column + j, maps.width);
      d[i][j] = there ? load(corner + i * line + j * channels) : Vec{};
    }
}

// Applies a transform from A to B values along both axes; F(from, to).
template <int A, int B, void F(const Vec*, Vec*)>
inline void both(const Vec (*from)[A], Vec (*to)[B]) {
  Vec columns[A][B];
  for (int j = 0; j < A; j++) {
    Vec column[A];
    for (int i = 0; i < A; i++) column[i] = from[i][j];
    F(column, columns[j]);
  }
  for (int i = 0; i < B; i++) {
    Vec row[A];
    for (int j = 0; j < A; j++) row[j] = columns[j][i];
    F(row, to[i]);
  }
}

template <int N>
inline void scatter(const Vec (*from)[N], float* to, long stride) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) store(to + (i * N + j) * stride, from[i][j]);
}

// All channels of the inputs under a tile: place p to v[p * stride + channel].
template <class S>
void transformTile(Maps maps, const float* x, int channels, Grid::Tile at, float* v, long stride) {
  for (int c = 0; c < channels; c += LANES) {
    Vec d[S::INPUTS][S::INPUTS], e[S::PLACES][S::PLACES];
    gather<S::INPUTS>(maps, x, channels, at.image, at.row * S::STEP + S::FROM, at.column * S::STEP + S::FROM, c, d);
    both<S::INPUTS, S::PLACES, S::inputs>(d, e);
    scatter<S::PLACES>(e, v + c, stride);
  }
}

// All kernels, a panel of `wide` outputs after the other: [panel][place][in][wide], places `place` apart. `turned`: w is [3, 3, out, in]
// and taken back to front.
template <class S>
void transformKernels(const float* w, int in, int out, bool turned, int wide, float* u, long place) {
  const long plane = static_cast<long>(in) * out;
  constexpr int N = S::PLACES;
  parallel(out / wide, [&](int panel) {
    float taps[9][LANES][2 * LANES];
    for (int k0 = 0; k0 < in; k0 += LANES) {
      if (turned)
        for (int tap = 0; tap < 9; tap++)
          for (int n = 0; n < wide; n++) {
            const float* from = w + (8 - tap) * plane + static_cast<long>(panel * wide + n) * in + k0;
            for (int k = 0; k < LANES; k++) taps[tap][k][n] = from[k];
          }
      for (int k = k0; k < k0 + LANES; k++)
        for (int n = 0; n < wide; n += LANES) {
          Vec g[3][3], e[N][N];
          for (int tap = 0; tap < 9; tap++)
            g[tap / 3][tap % 3] = load(turned ? &taps[tap][k - k0][n] : w + tap * plane + static_cast<long>(k) * out + panel * wide + n);
          both<3, N, S::kernel>(g, e);
          scatter<N>(e, u + panel * N * N * place + static_cast<long>(k) * wide + n, place);
        }
    }
  });
}

// The results of one tile in a panel of outputs: place p at m + p * stride.
template <class S>
void finishTile(Maps maps, const float* m, long stride, int wide, float* y, int channels, Grid::Tile at) {
  constexpr int N = S::PLACES, R = S::RESULTS;
  const int row = at.row * R, column = at.column * R;
  float* to = y + ((static_cast<long>(at.image) * maps.height + row) * maps.width + column) * channels;
  for (int c = 0; c < wide; c += LANES) {
    Vec e[N][N], f[R][R];
    for (int p = 0; p < N * N; p++) e[p / N][p % N] = load(m + p * stride + c);
    both<N, R, S::results>(e, f);
    for (int i = 0; i < R && row + i < maps.height; i++)
      for (int j = 0; j < R && column + j < maps.width; j++) store(to + (static_cast<long>(i) * maps.width + j) * channels + c, f[i][j]);
  }
}

template <class S, int V>
void run(Maps of, const float* x, const float* w, Maps into, float* y, int in, int out, bool turned) {
  constexpr int WIDE = V * LANES, PLACES = S::PLACES * S::PLACES;
  const Grid grid(into, S::RESULTS);
  const long kernel = static_cast<long>(in) * WIDE + APART;
  float* kernels = scratch(KERNELS, static_cast<size_t>(out / WIDE) * PLACES * kernel);
  transformKernels<S>(w, in, out, turned, WIDE, kernels, kernel);

  const long row = in + APART;
  const int most = std::clamp(TILE_FLOATS / (PLACES * in), 2 * ROWS, 96);
  const int blocks = threads() * ceilOf(grid.tiles, threads() * most);
  parallel(blocks, [&](int block) {
    const int first = static_cast<long>(grid.tiles) * block / blocks;
    const int count = static_cast<long>(grid.tiles) * (block + 1) / blocks - first;
    const long place = count * row + APART, result = static_cast<long>(count) * WIDE + APART;
    float* v = scratch(TILES, PLACES * place);
    float* m = scratch(PRODUCTS, PLACES * result);
    for (int t = 0; t < count; t++) transformTile<S>(of, x, in, grid[first + t], v + t * row, place);
    for (int panel = 0; panel < out / WIDE; panel++) {
      const float* u = kernels + panel * PLACES * kernel;
      for (int p = 0; p < PLACES; p++) product<V, false>(v + p * place, row, u + p * kernel, in, m + p * result, WIDE, count, false);
      for (int t = 0; t < count; t++) finishTile<S>(into, m + t * WIDE, result, WIDE, y + panel * WIDE, out, grid[first + t]);
    }
  });
}

template <class S>
void runWide(Maps of, const float* x, const float* w, Maps into, float* y, int in, int out, bool turned) {
  if (out % (2 * LANES) == 0) run<S, 2>(of, x, w, into, y, in, out, turned);
  else run<S, 1>(of, x, w, into, y, in, out, turned);
}

// From the sum of `parts` arrays [place][in][out], so far apart, to dw.
template <class S>
void finishGradient(const float* u, int parts, long apart, float* dw, int in, int out) {
  constexpr int N = S::PLACES;
  const long plane = static_cast<long>(in) * out;
  parallel(in, [&](int k) {
    for (long at = static_cast<long>(k) * out; at < static_cast<long>(k + 1) * out; at += LANES) {
      Vec d[N][N], g[3][3];
      for (int p = 0; p < N * N; p++) {
        Vec sum = load(u + p * plane + at);
        for (int part = 1; part < parts; part++) sum += load(u + part * apart + p * plane + at);
        d[p / N][p % N] = sum;
      }
      both<N, 3, S::gradient>(d, g);
      scatter<3>(g, dw + at, plane);
    }
  });
}

template <class S, int V>
void runGradient(Maps of, const float* x, Maps slopes, const float* dy, float* dw, int in, int out) {
  constexpr int WIDE = V * LANES, N = S::PLACES, PLACES = N * N, BLOCK = 48;
  // Kernels too big for every thread to hold all of them are split by outputs, others by tiles.
  constexpr long HELD = 1 << 19;
  const Grid grid(slopes, S::RESULTS);
  const int panels = out / WIDE;
  const long size = static_cast<long>(PLACES) * in * out;
  const int byOutput = size > HELD ? std::min(threads(), panels) : 1;
  const int byTile = std::min(std::max(threads() / byOutput, 1), ceilOf(grid.tiles, BLOCK));
  float* sums = scratch(KERNELS, size * byTile);
  const long row = in + APART, place = BLOCK * row + APART, panelPlace = BLOCK * WIDE + APART;
  parallel(byOutput * byTile, [&](int task) {
    const int slice = task % byOutput, part = task / byOutput;
    const int firstPanel = panels * slice / byOutput, lastPanel = panels * (slice + 1) / byOutput;
    const int begin = static_cast<long>(grid.tiles) * part / byTile, end = static_cast<long>(grid.tiles) * (part + 1) / byTile;
    float* v = scratch(TILES, PLACES * place);
    float* z = scratch(PRODUCTS, (lastPanel - firstPanel) * PLACES * panelPlace);
    for (int first = begin; first < end; first += BLOCK) {
      const int count = std::min(BLOCK, end - first);
      for (int t = 0; t < count; t++) {
        const Grid::Tile at = grid[first + t];
        transformTile<S>(of, x, in, at, v + t * row, place);
        for (int c = firstPanel * WIDE; c < lastPanel * WIDE; c += LANES) {
          Vec d[S::RESULTS][S::RESULTS], e[N][N];
          gather<S::RESULTS>(slopes, dy, out, at.image, at.row * S::RESULTS, at.column * S::RESULTS, c, d);
          both<S::RESULTS, N, S::slopes>(d, e);
          scatter<N>(e, z + (c / WIDE - firstPanel) * PLACES * panelPlace + t * WIDE + c % WIDE, panelPlace);
        }
      }
      for (int p = 0; p < PLACES; p++)
        for (int panel = firstPanel; panel < lastPanel; panel++)
          product<V, true>(v + p * place, row, z + ((panel - firstPanel) * PLACES + p) * panelPlace, count,
                           sums + part * size + static_cast<long>(p) * in * out + panel * WIDE, out, in, first > begin);
    }
  });
  finishGradient<S>(sums, byTile, size, dw, in, out);
}

template <class S>
void runGradientWide(Maps of, const float* x, Maps slopes, const float* dy, float* dw, int in, int out) {
  if (out % (2 * LANES) == 0) runGradient<S, 2>(of, x, slopes, dy, dw, in, out);
  else runGradient<S, 1>(of, x, slopes, dy, dw, in, out);
}

}  // namespace

void convolve(Maps of, const float* x, const float* w, Maps into, float* y, int in, int out, int stride) {
  if (stride == 1) runWide<Dense>(of, x, w, into, y, in, out, false);
  else runWide<Halving>(of, x, w, into, y, in, out, false);
}

void inputGradient(Maps of, const float* dy, const float* w, Maps into, float* dx, int in, int out, int stride) {
  if (stride == 1) runWide<Dense>(of, dy, w, into, dx, out, in, true);
  else runWide<Doubling>(of, dy, w, into, dx, out, in, true);
}

void filterGradient(Maps of, const float* x, Maps slopes, const float* dy, float* dw, int in, int out, int stride) {
  if (stride == 1) runGradientWide<Dense>(of, x, slopes, dy, dw, in, out);
  else runGradientWide<Halving>(of, x, slopes, dy, dw, in, out);
}

}  // namespace rxface
