// Compiles low_rank.inc once per instruction set and dispatches on mk_level(). See low_rank.h.
#include "low_rank.h"

#include <stdint.h>
#include <string.h>

#include "isa.h"
#include "targets.h"

#define SUFFIX base
#define WIDTH 128
#include "low_rank.inc"
#undef SUFFIX
#undef WIDTH
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target(MK_TARGET_AVX2))), apply_to = function)
#define SUFFIX avx2
#define WIDTH 256
#include "low_rank.inc"
#undef SUFFIX
#undef WIDTH
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target(MK_TARGET_AVX512))), apply_to = function)
#define SUFFIX avx512
#define WIDTH 512
#include "low_rank.inc"
#undef SUFFIX
#undef WIDTH
#pragma clang attribute pop
#endif

void mk_add_outer(const float *u, size_t u_stride, size_t rank, const float *x, size_t x_stride, size_t rows,
                  size_t columns, float *c, size_t c_stride) {
#if defined(__x86_64__)
    if (mk_level() == MK_AVX512) return add_outer_avx512(u, u_stride, rank, x, x_stride, rows, columns, c, c_stride);
    if (mk_level() == MK_AVX2) return add_outer_avx2(u, u_stride, rank, x, x_stride, rows, columns, c, c_stride);
#endif
    add_outer_base(u, u_stride, rank, x, x_stride, rows, columns, c, c_stride);
}

void mk_multiply_few(const float *x, size_t x_stride, size_t rows, const float *a, size_t a_stride, size_t rank,
                     size_t depth, float *y, size_t y_stride, float alpha) {
#if defined(__x86_64__)
    if (mk_level() == MK_AVX512)
        return multiply_few_avx512(x, x_stride, rows, a, a_stride, rank, depth, y, y_stride, alpha);
    if (mk_level() == MK_AVX2)
        return multiply_few_avx2(x, x_stride, rows, a, a_stride, rank, depth, y, y_stride, alpha);
#endif
    multiply_few_base(x, x_stride, rows, a, a_stride, rank, depth, y, y_stride, alpha);
}
