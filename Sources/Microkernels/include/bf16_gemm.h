// Matrix products with operands rounded to bf16 and sums in fp32, over panels that were packed first.
// A word holds two neighbours along the contracted length, the first one in its low half.
//
// C (M, N) = A (M, K) · B (K, N): A in panels of at most MK_BF16_LEFT rows, B in panels of
// MK_BF16_RIGHT columns. A panel is (pairs, width) words with pairs = (K + 1) / 2; an odd K ends with 0.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { MK_BF16_LEFT = 14, MK_BF16_RIGHT = 32 };

/// Packs `count` rows of `depth` floats as a panel of `width` >= count; what is beyond `count` becomes 0.
void mk_bf16_pack_rows(const float *src, size_t stride, size_t count, size_t depth, uint32_t *panel, size_t width);
/// Packs `count` columns of `depth` rows: the same as packing the rows of the transposed matrix.
void mk_bf16_pack_columns(const float *src, size_t stride, size_t count, size_t depth, uint32_t *panel, size_t width);
/// Left panels one after another and one right panel.
typedef struct {
    const uint32_t *left, *right;
    size_t pairs;
} mk_bf16_span;

/// C (rows, columns) = first + second (+ C) for columns of one right panel, where a span stands for its
/// product; the second may have no pairs. Two spans make one product of factors that lie apart, such as
/// [x | u] · [W | B]ᵀ.
void mk_bf16_strip(mk_bf16_span first, mk_bf16_span second, size_t rows, size_t columns, float *c, size_t c_stride,
                   int accumulate);
