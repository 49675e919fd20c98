// Compiles blocks_own.inc once per instruction set; loops over int8 and NF4 rows. See blocks.h.
#include "blocks.h"

#include "blocks_types.h"
#include "dots_loops.h"
#include "isa.h"
#include "targets.h"

// Quantiles of the normal distribution scaled to ±1, with an exact zero (arXiv 2305.14314, appendix E).
static const float nf4_table[16] = {
    -1.0f,
    -0.6961928009986877f,
    -0.5250730514526367f,
    -0.39491748809814453f,
    -0.28444138169288635f,
    -0.18477343022823334f,
    -0.09105003625154495f,
    0.0f,
    0.07958029955625534f,
    0.16093020141124725f,
    0.24611230194568634f,
    0.33791524171829224f,
    0.44070982933044434f,
    0.5626170039176941f,
    0.7229568362236023f,
    1.0f,
};

const float *mk_nf4_table(void) { return nf4_table; }

struct own_loops {
    void (*decode_int8)(mk_int8, size_t, float *);
    void (*decode_nf4)(mk_nf4, size_t, float *);
    float (*dot_nf4)(mk_nf4, size_t, const float *);
};

#define BODY "blocks_own.inc"
#include "each_level.inc"
static const struct own_loops *const tables[MK_LEVELS] = EACH_LEVEL(&own_loops);

void mk_int8_decode(int level, mk_int8 w, size_t first, size_t count, float *dst) {
    for (size_t i = 0; i < count; i++) tables[level]->decode_int8(w, first + i, dst + i * w.columns);
}

void mk_int8_multiply(mk_int8 w, size_t first, size_t count, mk_vector x, float *y) {
    integer_dot dot = integer_dot_of(x.level, INT8_CODES);
    const uint8_t *codes = (const uint8_t *)w.codes;
    for (size_t r = first; r < first + count; r++)
        *y++ = w.scales[r] * dot(codes + r * w.columns, &x, w.columns);
}

void mk_nf4_decode(int level, mk_nf4 w, size_t first, size_t count, float *dst) {
    for (size_t i = 0; i < count; i++) tables[level]->decode_nf4(w, first + i, dst + i * w.columns);
}

void mk_nf4_multiply(mk_nf4 w, size_t first, size_t count, mk_vector x, float *y) {
    const struct own_loops *loops = tables[x.level < MK_LEVELS ? x.level : MK_AVX512];
    for (size_t i = 0; i < count; i++) y[i] = loops->dot_nf4(w, first + i, x.values);
}
