#include "normalisation.h"

#include <algorithm>
#include <cmath>

#include "threads.h"

namespace rxface {
namespace {

// Pieces that rows are summed in, the same for any number of threads: so sums are the same to the bit.
constexpr int PIECES = 64;
// Rows whose sum is taken by itself, so that long sums stay exact.
constexpr int BLOCK = 64;

// Task(first row, end, piece) for each piece, several at a time.
template <class Task>
void inPieces(long rows, const Task& task) {
  parallel(PIECES, [&](int piece) {
    const long first = rows * piece / PIECES, end = rows * (piece + 1) / PIECES;
    if (first < end) task(first, end, piece);
  });
}

// 1 / sqrt(variance + EPSILON) of all channels, in the caller's scratch.
float* inverseDeviations(const float* variance, int channels, int slot) {
  float* inverse = scratch(slot, channels);
  for (int c = 0; c < channels; c++) inverse[c] = 1 / std::sqrt(variance[c] + EPSILON);
  return inverse;
}

inline Vec choose(Vec condition, Vec yes, Vec no) { return (Vec)(((Bits)condition & (Bits)yes) | (~(Bits)condition & (Bits)no)); }
inline Vec positive(Vec z) { return (Vec)(z > 0); }

enum Slots { SUMS = 8, INVERSE, BLOCK_SUMS, TANGENT_SUMS };

// Sums over all rows of g unit, of g and (null: not wanted) of `below`, with g = behind(place, channel, below) and unit = norm(x) before its
// scale and offset.
template <class T, class Behind>
void sumSlopes(const T* x, long rows, int channels, const Statistics& by, const float* inverse, const Behind& behind, float* dScale,
               float* dOffset, float* dSlope) {
  float* sums = scratch(SUMS, static_cast<size_t>(PIECES) * 3 * channels);
  inPieces(rows, [&](long first, long end, int piece) {
    float* total = sums + static_cast<long>(piece) * 3 * channels;
    float* block = scratch(BLOCK_SUMS, 3 * channels);
    std::fill(total, total + 3 * channels, 0.0f);
    for (long from = first; from < end; from += BLOCK) {
      std::fill(block, block + 3 * channels, 0.0f);
      for (long row = from; row < std::min(from + BLOCK, end); row++)
        for (int c = 0; c < channels; c += LANES) {
          const long at = row * channels + c;
          const Vec unit = (load(x + at) - load(by.mean + c)) * load(inverse + c);
          Vec below{};
          const Vec g = behind(at, c, below);
          store(block + c, load(block + c) + g * unit);
          store(block + channels + c, load(block + channels + c) + g);
          if (dSlope) store(block + 2 * channels + c, load(block + 2 * channels + c) + below);
        }
      for (int c = 0; c < 3 * channels; c++) total[c] += block[c];
    }
  });
  for (int c = 0; c < channels; c++) {
    double scale = 0, offset = 0, slope = 0;
    for (int piece = 0; piece < PIECES; piece++) {
      if (rows * (piece + 1L) / PIECES == rows * static_cast<long>(piece) / PIECES) continue;
      const float* of = sums + static_cast<long>(piece) * 3 * channels + c;
      scale += of[0];
      offset += of[channels];
      slope += of[2 * channels];
    }
    dScale[c] = static_cast<float>(scale);
    dOffset[c] = static_cast<float>(offset);
    if (dSlope) dSlope[c] = static_cast<float>(slope);
  }
}

}  // namespace

template <class T>
void batchStatistics(const T* x, long rows, int channels, float* mean, float* variance, const Statistics& running, float* runningMean,
                     float* runningVariance) {
  // Mean and sum of squared distances from it, piece by piece; Chan, Golub and LeVeque (1983) join them.
  float* sums = scratch(SUMS, static_cast<size_t>(PIECES) * 2 * channels);
  inPieces(rows, [&](long first, long end, int piece) {
    float* means = sums + static_cast<long>(piece) * 2 * channels;
    float* squares = means + channels;
    float* block = scratch(BLOCK_SUMS, 2 * channels);
    std::fill(means, means + 2 * channels, 0.0f);
    for (long from = first; from < end; from += BLOCK) {
      const long to = std::min(from + BLOCK, end);
      const float count = static_cast<float>(to - from), before = static_cast<float>(from - first), all = before + count;
      std::fill(block, block + 2 * channels, 0.0f);
      for (long row = from; row < to; row++)
        for (int c = 0; c < channels; c += LANES) store(block + c, load(block + c) + load(x + row * channels + c));
      for (int c = 0; c < channels; c++) block[c] /= count;
      for (long row = from; row < to; row++)
        for (int c = 0; c < channels; c += LANES) {
          const Vec d = load(x + row * channels + c) - load(block + c);
          store(block + channels + c, load(block + channels + c) + d * d);
        }
      for (int c = 0; c < channels; c += LANES) {
        const Vec d = load(block + c) - load(means + c);
        store(means + c, load(means + c) + d * (count / all));
        store(squares + c, load(squares + c) + load(block + channels + c) + d * d * (before * count / all));
      }
    }
  });
  const double unbiased = static_cast<double>(rows) / std::max(1L, rows - 1);
  for (int c = 0; c < channels; c++) {
    double middle = 0, square = 0, count = 0;
    for (int piece = 0; piece < PIECES; piece++) {
      const double more = rows * (piece + 1L) / PIECES - rows * static_cast<long>(piece) / PIECES;
      if (more == 0) continue;
      const float* of = sums + static_cast<long>(piece) * 2 * channels + c;
      const double d = of[0] - middle, all = count + more;
      square += of[channels] + d * d * count * more / all;
      middle += d * more / all;
      count = all;
    }
    mean[c] = static_cast<float>(middle);
    variance[c] = static_cast<float>(square / rows);
    runningMean[c] = (1 - MOMENTUM) * running.mean[c] + MOMENTUM * mean[c];
    runningVariance[c] = (1 - MOMENTUM) * running.variance[c] + MOMENTUM * static_cast<float>(square / rows * unbiased);
  }
}

template <class T>
void normalise(const T* x, long rows, int channels, const Statistics& by, const Affine& affine, const T* addend, T* y) {
  const float* inverse = inverseDeviations(by.variance, channels, INVERSE);
  inPieces(rows, [&](long first, long end, int) {
    for (long row = first; row < end; row++)
      for (int c = 0; c < channels; c += LANES) {
        const long at = row * channels + c;
        Vec z = (load(x + at) - load(by.mean + c)) * (load(inverse + c) * load(affine.scale + c)) + load(affine.offset + c);
        if (affine.slope) z = choose(positive(z), z, z * load(affine.slope + c));
        if (addend) z += load(addend + at);
        store(y + at, z);
      }
  });
}

template <class T>
void normaliseGradient(const T* dy, const T* x, long rows, int channels, const Statistics& by, const Affine& affine, bool train,
                       const T* addend, T* dx, float* dScale, float* dOffset, float* dSlope) {
  const float* inverse = inverseDeviations(by.variance, channels, INVERSE);
  // The gradient by norm(x), whose value is as `normalise` has it, to the bit; `below`: its share of the gradient by slope.
  const auto behind = [&](long at, int c, Vec& below) {
    const Vec slope = load(dy + at);
    if (!affine.slope) return slope;
    const Vec centred = load(x + at) - load(by.mean + c);
    const Vec z = centred * (load(inverse + c) * load(affine.scale + c)) + load(affine.offset + c);
    const Vec up = positive(z);
    below = choose(up, Vec{}, slope * z);
    return choose(up, slope, slope * load(affine.slope + c));
  };
  sumSlopes(x, rows, channels, by, inverse, behind, dScale, dOffset, affine.slope ? dSlope : nullptr);
  const float share = train ? 1.0f / static_cast<float>(rows) : 0;
  inPieces(rows, [&](long first, long end, int) {
    for (long row = first; row < end; row++)
      for (int c = 0; c < channels; c += LANES) {
        const long at = row * channels + c;
        const Vec unit = (load(x + at) - load(by.mean + c)) * load(inverse + c);
        Vec below{};
        const Vec g = behind(at, c, below) - (load(dOffset + c) + unit * load(dScale + c)) * share;
        Vec d = g * (load(affine.scale + c) * load(inverse + c));
        if (addend) d += load(addend + at);
        store(dx + at, d);
      }
  });
}

template <class T>
void normaliseTangent(const T* x, const T* xdot, long rows, int channels, const Statistics& by, const Affine& affine, const Affine& along,
                      bool train, const T* addend, T* ydot) {
  const float* inverse = inverseDeviations(by.variance, channels, INVERSE);
  float* sums = scratch(TANGENT_SUMS, 2 * channels);
  float *units = sums, *all = sums + channels;
  // By x the Jacobian is symmetric: what the gradient subtracts, the tangent does.
  if (train) sumSlopes(x, rows, channels, by, inverse, [&](long at, int, Vec&) { return load(xdot + at); }, units, all, nullptr);
  const float share = train ? 1.0f / static_cast<float>(rows) : 0;
  inPieces(rows, [&](long first, long end, int) {
    for (long row = first; row < end; row++)
      for (int c = 0; c < channels; c += LANES) {
        const long at = row * channels + c;
        const Vec centred = load(x + at) - load(by.mean + c), unit = centred * load(inverse + c);
        Vec d = load(xdot + at);
        if (train) d -= (load(all + c) + unit * load(units + c)) * share;
        d *= load(affine.scale + c) * load(inverse + c);
        if (along.scale) d += unit * load(along.scale + c);
        if (along.offset) d += load(along.offset + c);
        if (affine.slope) {
          const Vec z = centred * (load(inverse + c) * load(affine.scale + c)) + load(affine.offset + c);
          Vec below = d * load(affine.slope + c);
          if (along.slope) below += z * load(along.slope + c);
          d = choose(positive(z), d, below);
        }
        if (addend) d += load(addend + at);
        store(ydot + at, d);
      }
  });
}

#define FOR(T)                                                                                                                  \
  template void batchStatistics(const T*, long, int, float*, float*, const Statistics&, float*, float*);                        \
  template void normalise(const T*, long, int, const Statistics&, const Affine&, const T*, T*);                                 \
  template void normaliseGradient(const T*, const T*, long, int, const Statistics&, const Affine&, bool, const T*, T*, float*, \
                                  float*, float*);                                                                            \
  template void normaliseTangent(const T*, const T*, long, int, const Statistics&, const Affine&, const Affine&, bool, const T*, T*);
FOR(float)
FOR(BFloat16)

}  // namespace rxface
