// Vectors as wide as the processor's registers, read from and written to float32 or bfloat16 memory; float32 in between.
#pragma once
#include <cstdint>
#include <cstring>

#ifdef __AVX512BF16__
#include <immintrin.h>
#endif

namespace rxface {

#ifdef __AVX512F__
constexpr int LANES = 16;
// Rows of a product that are held in registers at a time, two vectors wide: of 32 registers, and of 16.
constexpr int ROWS = 12;
#else
constexpr int LANES = 8;
constexpr int ROWS = 5;
#endif

typedef float Vec __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef uint32_t Bits __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef uint16_t Halves __attribute__((vector_size(LANES * 2), aligned(2), may_alias));

struct BFloat16 {
  uint16_t bits;
};

inline Vec load(const float* from) { return *reinterpret_cast<const Vec*>(from); }

inline Vec load(const BFloat16* from) {
  return (Vec)(__builtin_convertvector(*reinterpret_cast<const Halves*>(from), Bits) << 16);
}

inline void store(float* to, Vec value) { *reinterpret_cast<Vec*>(to) = value; }

// To nearest, ties to even; what is not a number stays so.
inline Halves narrowed(Vec value) {
#ifdef __AVX512BF16__
  return (Halves)_mm512_cvtneps_pbh((__m512)value);
#else
  const Bits bits = (Bits)value;
  const Bits rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const Bits broken = (Bits)(value != value);
  return __builtin_convertvector((broken & 0x7fc0) | (~broken & rounded), Halves);
#endif
}

inline void store(BFloat16* to, Vec value) { *reinterpret_cast<Halves*>(to) = narrowed(value); }

// Two values of bfloat16 side by side, the first in the lower half.
struct Pair {
  uint32_t bits;
};

inline Bits load(const Pair* from) { return *reinterpret_cast<const Bits*>(from); }

inline void store(Pair* to, Vec first, Vec second) {
  const Bits low = __builtin_convertvector(narrowed(first), Bits), high = __builtin_convertvector(narrowed(second), Bits);
  *reinterpret_cast<Bits*>(to) = low | high << 16;
}

// sum + row * value; of pairs, the products of both halves are added.
inline Vec addProduct(Vec sum, Vec row, float value) { return sum + row * value; }

inline Vec addProduct(Vec sum, Bits row, Pair value) {
  const Bits all = Bits{} + value.bits;
#ifdef __AVX512BF16__
  return (Vec)_mm512_dpbf16_ps((__m512)sum, (__m512bh)row, (__m512bh)all);
#else
  return sum + (Vec)(row << 16) * (Vec)(all << 16) + (Vec)(row & 0xffff0000) * (Vec)(all & 0xffff0000);
#endif
}

}  // namespace rxface
