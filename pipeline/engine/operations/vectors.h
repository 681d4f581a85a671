// Vectors as wide as the processor's registers, read from and written to float32 or bfloat16 memory; float32 in between.
#pragma once
#include <cstdint>
#include <cstring>

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
inline void store(BFloat16* to, Vec value) {
  const Bits bits = (Bits)value;
  const Bits rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const Bits broken = (Bits)(value != value);
  *reinterpret_cast<Halves*>(to) = __builtin_convertvector((broken & 0x7fc0) | (~broken & rounded), Halves);
}

}  // namespace rxface
