// In each place of the transformed tiles the products over channels, or over tiles, are products of matrices.
#include "winograd.h"

#include <algorithm>
#include <type_traits>

#include "product.h"
#include "schemes.h"
#include "threads.h"

namespace rxface {
namespace {

// What products of maps of T are made of: values as they are, or two of the depth at a time, each in half the bits.
template <class T>
using Element = std::conditional_t<sizeof(T) == sizeof(float), float, Pair>;
template <class T>
constexpr int DEPTHS = sizeof(Element<T>) / sizeof(T);

// Elements of transformed tiles that a thread works on at a time: half its second-level cache.
constexpr int TILE_ELEMENTS = 96 * 1024;
// What lies a power of two apart pushes each other out of the cache: such distances get this much longer.
constexpr int APART = LANES;

enum Slots { KERNELS, TILES, PRODUCTS };

template <class E>
E* elements(int slot, size_t count) {
  static_assert(sizeof(E) == sizeof(float));
  return reinterpret_cast<E*>(scratch(slot, count));
}

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
template <int N, class T>
void gather(Maps maps, const T* x, int channels, int image, int row, int column, int c, Vec (*d)[N]) {
  const T* corner = x + ((static_cast<long>(image) * maps.height + row) * maps.width + column) * channels + c;
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

template <int N, class T>
inline void scatter(const Vec (*from)[N], T* to, long stride) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) store(to + (i * N + j) * stride, from[i][j]);
}

// One of the depth, or two, as elements.
template <int N>
inline void scatter(const Vec (*from)[N][N], float* to, long stride) {
  scatter<N>(from[0], to, stride);
}
template <int N>
inline void scatter(const Vec (*from)[N][N], Pair* to, long stride) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) store(to + (i * N + j) * stride, from[0][i][j], from[1][i][j]);
}

// The inputs under a tile, of the channels from c on.
template <class S, class T>
inline void transformInputs(Maps maps, const T* x, int channels, Grid::Tile at, int c, Vec (*e)[S::PLACES]) {
  Vec d[S::INPUTS][S::INPUTS];
  gather<S::INPUTS>(maps, x, channels, at.image, at.row * S::STEP + S::FROM, at.column * S::STEP + S::FROM, c, d);
  both<S::INPUTS, S::PLACES, S::inputs>(d, e);
}

// The slopes of the results of a tile.
template <class S, class T>
inline void transformSlopes(Maps maps, const T* dy, int channels, Grid::Tile at, int c, Vec (*e)[S::PLACES]) {
  Vec d[S::RESULTS][S::RESULTS];
  gather<S::RESULTS>(maps, dy, channels, at.image, at.row * S::RESULTS, at.column * S::RESULTS, c, d);
  both<S::RESULTS, S::PLACES, S::slopes>(d, e);
}

// All kernels, a panel of `wide` outputs after the other, as elements of the depth `in`: [panel][place][in][wide], places `place` apart. `turned`: w is [3, 3, out, in]
// and taken back to front.
template <class S, class T>
void transformKernels(const float* w, int in, int out, bool turned, int wide, Element<T>* u, long place) {
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
      for (int k = k0; k < k0 + LANES; k += DEPTHS<T>)
        for (int n = 0; n < wide; n += LANES) {
          Vec g[3][3], e[DEPTHS<T>][N][N];
          for (int i = 0; i < DEPTHS<T>; i++) {
            const float* from = w + static_cast<long>(k + i) * out + panel * wide + n;
            for (int tap = 0; tap < 9; tap++) g[tap / 3][tap % 3] = load(turned ? &taps[tap][k + i - k0][n] : from + tap * plane);
            both<3, N, S::kernel>(g, e[i]);
          }
          scatter<N>(e, u + panel * N * N * place + static_cast<long>(k / DEPTHS<T>) * wide + n, place);
        }
    }
  });
}

// The results of one tile in a panel of outputs: place p at m + p * stride.
template <class S, class T>
void finishTile(Maps maps, const float* m, long stride, int wide, T* y, int channels, Grid::Tile at) {
  constexpr int N = S::PLACES, R = S::RESULTS;
  const int row = at.row * R, column = at.column * R;
  T* to = y + ((static_cast<long>(at.image) * maps.height + row) * maps.width + column) * channels;
  for (int c = 0; c < wide; c += LANES) {
    Vec e[N][N], f[R][R];
    for (int p = 0; p < N * N; p++) e[p / N][p % N] = load(m + p * stride + c);
    both<N, R, S::results>(e, f);
    for (int i = 0; i < R && row + i < maps.height; i++)
      for (int j = 0; j < R && column + j < maps.width; j++) store(to + (static_cast<long>(i) * maps.width + j) * channels + c, f[i][j]);
  }
}

template <class S, int V, class T>
void run(Maps of, const T* x, const float* w, Maps into, T* y, int in, int out, bool turned) {
  using E = Element<T>;
  constexpr int WIDE = V * LANES, PLACES = S::PLACES * S::PLACES;
  const Grid grid(into, S::RESULTS);
  const int depth = in / DEPTHS<T>;
  const long kernel = static_cast<long>(depth) * WIDE + APART;
  E* kernels = elements<E>(KERNELS, static_cast<size_t>(out / WIDE) * PLACES * kernel);
  transformKernels<S, T>(w, in, out, turned, WIDE, kernels, kernel);

  const long row = depth + APART;
  const int most = std::clamp(TILE_ELEMENTS / (PLACES * depth), 2 * ROWS, 96);
  const int blocks = threads() * ceilOf(grid.tiles, threads() * most);
  parallel(blocks, [&](int block) {
    const int first = static_cast<long>(grid.tiles) * block / blocks;
    const int count = static_cast<long>(grid.tiles) * (block + 1) / blocks - first;
    const long place = count * row + APART, result = static_cast<long>(count) * WIDE + APART;
    E* v = elements<E>(TILES, PLACES * place);
    float* m = elements<float>(PRODUCTS, PLACES * result);
    for (int t = 0; t < count; t++) {
      T* values = reinterpret_cast<T*>(v + t * row);
      for (int c = 0; c < in; c += LANES) {
        Vec e[S::PLACES][S::PLACES];
        transformInputs<S>(of, x, in, grid[first + t], c, e);
        scatter<S::PLACES>(e, values + c, place * DEPTHS<T>);
      }
    }
    for (int panel = 0; panel < out / WIDE; panel++) {
      const E* u = kernels + panel * PLACES * kernel;
      for (int p = 0; p < PLACES; p++) product<E, V, false>(v + p * place, row, u + p * kernel, depth, m + p * result, WIDE, count, false);
      for (int t = 0; t < count; t++) finishTile<S>(into, m + t * WIDE, result, WIDE, y + panel * WIDE, out, grid[first + t]);
    }
  });
}

template <class S, class T>
void runWide(Maps of, const T* x, const float* w, Maps into, T* y, int in, int out, bool turned) {
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

template <class S, int V, class T>
void runGradient(Maps of, const T* x, Maps slopes, const T* dy, float* dw, int in, int out) {
  using E = Element<T>;
  constexpr int WIDE = V * LANES, N = S::PLACES, PLACES = N * N, DEPTH = 48, BLOCK = DEPTH * DEPTHS<T>;
  // Kernels too big for every thread to hold all of them are split by outputs, others by tiles.
  constexpr long HELD = 1 << 19;
  const Grid grid(slopes, S::RESULTS);
  const int panels = out / WIDE;
  const long size = static_cast<long>(PLACES) * in * out;
  const int byOutput = size > HELD ? std::min(threads(), panels) : 1;
  const int byTile = std::min(std::max(threads() / byOutput, 1), ceilOf(grid.tiles, BLOCK));
  float* sums = elements<float>(KERNELS, size * byTile);
  const long row = in + APART, place = DEPTH * row + APART, panelPlace = DEPTH * WIDE + APART;
  parallel(byOutput * byTile, [&](int task) {
    const int slice = task % byOutput, part = task / byOutput;
    const int firstPanel = panels * slice / byOutput, lastPanel = panels * (slice + 1) / byOutput;
    const int begin = static_cast<long>(grid.tiles) * part / byTile, end = static_cast<long>(grid.tiles) * (part + 1) / byTile;
    E* v = elements<E>(TILES, PLACES * place);
    E* z = elements<E>(PRODUCTS, (lastPanel - firstPanel) * PLACES * panelPlace);
    for (int first = begin; first < end; first += BLOCK) {
      const int count = std::min(BLOCK, end - first);
      const int depth = ceilOf(count, DEPTHS<T>);
      for (int k = 0; k < depth; k++) {
        // Beyond the last tile lie zeros.
        Vec e[DEPTHS<T>][N][N] = {};
        const int tiles = std::min(DEPTHS<T>, count - k * DEPTHS<T>);
        const auto tile = [&](int i) { return grid[first + k * DEPTHS<T> + i]; };
        for (int c = 0; c < in; c += LANES) {
          for (int i = 0; i < tiles; i++) transformInputs<S>(of, x, in, tile(i), c, e[i]);
          scatter<N>(e, v + k * row + c, place);
        }
        for (int c = firstPanel * WIDE; c < lastPanel * WIDE; c += LANES) {
          for (int i = 0; i < tiles; i++) transformSlopes<S>(slopes, dy, out, tile(i), c, e[i]);
          scatter<N>(e, z + (c / WIDE - firstPanel) * PLACES * panelPlace + k * WIDE + c % WIDE, panelPlace);
        }
      }
      for (int p = 0; p < PLACES; p++)
        for (int panel = firstPanel; panel < lastPanel; panel++)
          product<E, V, true>(v + p * place, row, z + ((panel - firstPanel) * PLACES + p) * panelPlace, depth,
                              sums + part * size + static_cast<long>(p) * in * out + panel * WIDE, out, in, first > begin);
    }
  });
  finishGradient<S>(sums, byTile, size, dw, in, out);
}

template <class S, class T>
void runGradientWide(Maps of, const T* x, Maps slopes, const T* dy, float* dw, int in, int out) {
  if (out % (2 * LANES) == 0) runGradient<S, 2>(of, x, slopes, dy, dw, in, out);
  else runGradient<S, 1>(of, x, slopes, dy, dw, in, out);
}

}  // namespace

template <class T>
void convolve(Maps of, const T* x, const float* w, Maps into, T* y, int in, int out, int stride) {
  if (stride == 1) runWide<Dense>(of, x, w, into, y, in, out, false);
  else runWide<Halving>(of, x, w, into, y, in, out, false);
}

template <class T>
void inputGradient(Maps of, const T* dy, const float* w, Maps into, T* dx, int in, int out, int stride) {
  if (stride == 1) runWide<Dense>(of, dy, w, into, dx, out, in, true);
  else runWide<Doubling>(of, dy, w, into, dx, out, in, true);
}

template <class T>
void filterGradient(Maps of, const T* x, Maps slopes, const T* dy, float* dw, int in, int out, int stride) {
  if (stride == 1) runGradientWide<Dense>(of, x, slopes, dy, dw, in, out);
  else runGradientWide<Halving>(of, x, slopes, dy, dw, in, out);
}

#define FOR(T)                                                               \
  template void convolve(Maps, const T*, const float*, Maps, T*, int, int, int);      \
  template void inputGradient(Maps, const T*, const float*, Maps, T*, int, int, int); \
  template void filterGradient(Maps, const T*, Maps, const T*, float*, int, int, int);
FOR(float)
FOR(BFloat16)

}  // namespace rxface
