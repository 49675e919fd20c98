// Products of small fp32 matrices that lie in a cache: attention's scores, sums and gradients. BLAS packs
// its factors for each call, which costs more here than it gains.
#pragma once
#include <stddef.h>

/// The left factor: element (m, k) at p[m · row + k · step], so that a transposed one needs no copy.
typedef struct {
    const float *p;
    size_t row, step;
} mk_left;

/// C (rows, columns) = A (rows, depth) · B (depth, columns) (+ C); sums run over k in order.
void mk_small_gemm(mk_left a, const float *b, size_t b_stride, size_t rows, size_t depth, size_t columns, float *c,
                   size_t c_stride, int accumulate);
/// dst (columns, rows) ← the transposed rows of src.
void mk_transpose(const float *src, size_t stride, size_t rows, size_t columns, float *dst, size_t dst_stride);
