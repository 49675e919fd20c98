// Compiles blocks_pack.inc once per instruction set: floats into packed rows. See blocks.h.
#include "blocks.h"

#include <float.h>

#include "blocks_types.h"
#include "isa.h"
#include "targets.h"

typedef int32_t FloatBits __attribute__((may_alias));

struct pack_loops {
    int (*encode[MK_ROWS_KINDS])(const float *, size_t, uint8_t *);
    int (*encode_int8)(const float *, size_t, int8_t *, float *);
    int (*absmax_nf4)(const float *, size_t, float *);
    void (*encode_nf4)(const float *, size_t, const float *, uint8_t *);
};

INLINE float float_of(int32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/// 1 / scale, or 0 for scales so small that their inverse overflows.
INLINE float inverse_of(float scale) { return __builtin_fabsf(scale) >= FLT_MIN ? 1 / scale : 0; }

/// fp16 to nearest even.
INLINE uint16_t half_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) return (uint16_t)(sign | 0x7e00 | (magnitude >> 13 & 0x3ff));
    if (magnitude >= 0x477ff000) return (uint16_t)(sign | 0x7c00);
    if (magnitude < 0x38800000) {
        // 0.5 has the unit in the last place of fp16's subnormals, so the sum rounds to them.
        float sum = float_of((int32_t)magnitude) + 0.5f;
        memcpy(&bits, &sum, sizeof bits);
        return (uint16_t)(sign | (bits - 0x3f000000));
    }
    return (uint16_t)(sign | ((magnitude + 0xfff + (magnitude >> 13 & 1) - (112u << 23)) >> 13));
}

/// Stores a scale as fp16; 0 when it overflows.
INLINE int put_half(uint8_t *dst, float value) {
    uint16_t h = half_bits(value);
    memcpy(dst, &h, sizeof h);
    return (h & 0x7c00) != 0x7c00;
}

INLINE float get_half(const uint8_t *src) {
    uint16_t h;
    memcpy(&h, src, sizeof h);
    return half_value(h);
}

#define BODY "blocks_pack.inc"
#include "each_level.inc"
static const struct pack_loops *const tables[MK_LEVELS] = EACH_LEVEL(&pack_loops);

int mk_rows_encode(int level, int kind, const float *x, size_t n, uint8_t *dst) {
    return tables[level]->encode[kind](x, n, dst);
}
int mk_int8_encode(int level, const float *x, size_t n, int8_t *codes, float *scale) {
    return tables[level]->encode_int8(x, n, codes, scale);
}
int mk_nf4_absmax(int level, const float *x, size_t n, float *absmax) {
    return tables[level]->absmax_nf4(x, n, absmax);
}
void mk_nf4_encode(int level, const float *x, size_t n, const float *absmax, uint8_t *codes) {
    tables[level]->encode_nf4(x, n, absmax, codes);
}
