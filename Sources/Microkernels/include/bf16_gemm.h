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
/// C (rows, columns) = alpha · left · right (+ C): one panel of each, left of width `rows`.
void mk_bf16_tile(const uint32_t *left, size_t rows, const uint32_t *right, size_t pairs, size_t columns, float *c,
                  size_t c_stride, float alpha, int accumulate);
