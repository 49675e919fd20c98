// Matrix products in fp32 with one factor packed before: the twin of bf16_gemm.h. BLAS packs both factors
// anew for each call; here the right one is packed once and used often, and the left one is read as it lies.
//
// C (M, N) = A (M, K) · B (K, N): B in panels of MK_F32_RIGHT columns, (K, width) floats each.
#pragma once
#include <stddef.h>

#include "small_gemm.h"

enum { MK_F32_RIGHT = 32 };

/// Packs `count` rows of `depth` floats as a panel of `width` >= count; what is beyond `count` becomes 0.
void mk_f32_pack_rows(const float *src, size_t stride, size_t count, size_t depth, float *panel, size_t width);
/// Packs `count` columns of `depth` rows: the same as packing the rows of the transposed matrix.
void mk_f32_pack_columns(const float *src, size_t stride, size_t count, size_t depth, float *panel, size_t width);
/// A left factor and one right panel.
typedef struct {
    mk_left left;
    const float *right;
    size_t depth;
} mk_f32_span;

/// C (rows, columns) = first + second (+ C) for columns of one right panel, where a span stands for its
/// product; the second may have no depth.
void mk_f32_strip(mk_f32_span first, mk_f32_span second, size_t rows, size_t columns, float *c, size_t c_stride,
                  int accumulate);
