// Rows of packed weights: decoded to floats, or multiplied by float vectors without a decoded copy.
// Layouts: floats and ggml's blocks as in the GGUF specification; int4, int8 and nf4 are our own.
// Every function takes the instruction set explicitly (mk_level() or lower), or from the vector
// (mk_dot_level() or lower), so tests can run all.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "vectors.h"

/// How one row is stored. GGUF blocks come whole: columns are multiples of 32, for _K of 256.
enum {
    MK_ROWS_F32 = 0,
    MK_ROWS_F16,
    MK_ROWS_BF16,
    MK_ROWS_Q4_0,
    MK_ROWS_Q4_1,
    MK_ROWS_Q5_0,
    MK_ROWS_Q5_1,
    MK_ROWS_Q8_0,
    MK_ROWS_Q4_K,
    MK_ROWS_Q5_K,
    MK_ROWS_Q6_K,
    /// Ours: groups of 64 {fp16 scale, fp16 minimum, nibbles}; value = scale · nibble + minimum.
    MK_ROWS_INT4,
    MK_ROWS_KINDS
};

/// Rows `stride` bytes apart; logical row r lies at row order[r], or at r when order is NULL.
typedef struct {
    const uint8_t *bytes;
    size_t stride;
    const int32_t *order;
    size_t columns;
} mk_rows;

/// dst (count, columns) ← rows first ..< first + count.
void mk_rows_decode(int level, int kind, mk_rows rows, size_t first, size_t count, float *dst);
/// y[i] = Σ_c row(first + i)[c] · x[c] for i in 0 ..< count.
void mk_rows_multiply(int kind, mk_rows rows, size_t first, size_t count, mk_vector x, float *y);

/// Bytes of n four-bit codes: each 32 take 16 bytes (low nibbles first 16), a short rest its first half.
size_t mk_nibble_bytes(size_t n);

/// int8 rows: value = scale[r] · code[r · columns + c].
typedef struct {
    const int8_t *codes;
    const float *scales;
    size_t columns;
} mk_int8;

void mk_int8_decode(int level, mk_int8 w, size_t first, size_t count, float *dst);
void mk_int8_multiply(mk_int8 w, size_t first, size_t count, mk_vector x, float *y);

/// NormalFloat4 rows in groups of 64: value = table[nibble] · absmax of the group, where the absmax of
/// group g (counted over the whole matrix) = mean + scales[g / 256] · levels[g].
typedef struct {
    const uint8_t *codes;
    size_t stride;
    const int8_t *levels;
    const float *scales;
    float mean;
    size_t columns;
} mk_nf4;

void mk_nf4_decode(int level, mk_nf4 w, size_t first, size_t count, float *dst);
void mk_nf4_multiply(mk_nf4 w, size_t first, size_t count, mk_vector x, float *y);
/// The 16 values of NormalFloat4, ascending.
const float *mk_nf4_table(void);

/// What became of a row that was to be packed.
enum { MK_PACKED = 0, MK_NOT_FINITE = 1, MK_OUT_OF_RANGE = 2 };

/// Packs n floats as one row of `kind` (F32, F16, BF16, Q4_0, Q4_1, Q8_0 or INT4); whole blocks except
/// for floats and INT4. Blocks refuse values that are not finite or whose scale overflows fp16.
int mk_rows_encode(int level, int kind, const float *x, size_t n, uint8_t *dst);
/// One int8 row: scale = absmax / 127, codes rounded to nearest even.
int mk_int8_encode(int level, const float *x, size_t n, int8_t *codes, float *scale);
/// absmax of each group of 64.
int mk_nf4_absmax(int level, const float *x, size_t n, float *absmax);
/// Codes of one row under the absmax of each group: the nearest values of the table.
void mk_nf4_encode(int level, const float *x, size_t n, const float *absmax, uint8_t *codes);
