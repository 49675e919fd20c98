// Products with the few rows of an adapter's factors, in fp32: BLAS does them at a fifth of its rate.
#pragma once
#include <stddef.h>

/// Y (rows, rank) = alpha · X (rows, depth) · A (rank, depth)ᵀ.
void mk_multiply_few(const float *x, size_t x_stride, size_t rows, const float *a, size_t a_stride, size_t rank,
                     size_t depth, float *y, size_t y_stride, float alpha);
/// C (rank, columns) += U (rows, rank)ᵀ · X (rows, columns), all in fp32, rows added in order.
void mk_add_outer(const float *u, size_t u_stride, size_t rank, const float *x, size_t x_stride, size_t rows,
                  size_t columns, float *c, size_t c_stride);
