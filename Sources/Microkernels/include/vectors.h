// A vector of activations as rows of packed weights are multiplied with it: the floats, and the same in
// 16-bit integers, so that products with packed codes are exact sums of integers within a block.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// x[i] ≈ scales[i / 32] · code, |code| ≤ 32,639: off by at most 1.6e-5 of the largest of the 32. The
/// arrays go on with zeros to a multiple of 256 columns. Made by mk_vector_make.
typedef struct {
    /// The level (MK_BASE … MK_VNNI) of products with it.
    int level;
    const float *values;
    /// 128 bytes for 64 columns. At MK_VNNI code = 256 · codes[i] + codes[64 + i]; at the other levels
    /// 64 numbers of 16 bits.
    const int8_t *codes;
    const float *scales;
    /// scale · Σ codes of 32 columns, and of 16.
    const float *sums, *half_sums;
} mk_vector;

/// Bytes of memory that mk_vector_make wants for n columns.
size_t mk_vector_bytes(size_t n);
/// Writes the integers of x into memory; both must outlive the result. A block of 32 with a value that is
/// not finite gets NaN for its scale, and with it every product.
mk_vector mk_vector_make(int level, const float *x, size_t n, void *memory);
