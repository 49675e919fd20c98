// Sixteen-lane vectors for the packed-row loops; the compiler splits them where registers are smaller.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))
// Vectors are passed between inlined functions only, so the calling convention is never used.
#pragma clang diagnostic ignored "-Wpsabi"

/// Bytes ahead of the read position that the loops ask memory for; measured.
#define AHEAD 4096

typedef float Lanes __attribute__((ext_vector_type(16)));
typedef float LanesInMemory __attribute__((ext_vector_type(16), aligned(1), may_alias));
typedef int32_t Ints __attribute__((ext_vector_type(16)));
typedef uint8_t Bytes __attribute__((ext_vector_type(16)));
typedef uint8_t BytesInMemory __attribute__((ext_vector_type(16), aligned(1), may_alias));
typedef int8_t SignedBytes __attribute__((ext_vector_type(16)));
typedef uint16_t Shorts __attribute__((ext_vector_type(16)));

/// Half floats as floats without F16C: exponents rebased, subnormals scaled, NaN made quiet as F16C does.
INLINE Lanes half_lanes(Ints h) {
    Ints magnitude = h & 0x7fff;
    Ints normal = (magnitude << 13) + (112 << 23);
    Ints tiny = (Ints)(__builtin_convertvector(magnitude, Lanes) * 0x1p-24f);
    Ints special = (magnitude << 13) | 0x7f800000 | ((magnitude > 0x7c00) & 0x400000);
    Ints isTiny = magnitude < 0x400, isSpecial = magnitude >= 0x7c00;
    Ints value = (isTiny & tiny) | (isSpecial & special) | (~(isTiny | isSpecial) & normal);
    return (Lanes)(value | ((h & 0x8000) << 16));
}

INLINE float half_value(uint16_t h) { return half_lanes((Ints)(int)h)[0]; }
