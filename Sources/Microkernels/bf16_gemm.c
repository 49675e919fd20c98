// The tile of 14 × 32 sums that stays in registers, and the packing that feeds it; see bf16_gemm.h.
// With AVX512_BF16 one instruction multiplies and adds 32 pairs; elsewhere plain loops give the
// same panels and, up to the order of rounding, the same sums.
#include "bf16_gemm.h"

#include <string.h>

#include "isa.h"

static inline uint32_t rounded(float x) {
    uint32_t bits;
    memcpy(&bits, &x, 4);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return bits >> 16 | 0x40;  // NaN stays NaN
    return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

static inline uint32_t word(float low, float high) { return rounded(low) | rounded(high) << 16; }

static inline float low_half(uint32_t word) {
    uint32_t bits = word << 16;
    float x;
    memcpy(&x, &bits, 4);
    return x;
}

static inline float high_half(uint32_t word) {
    uint32_t bits = word & 0xffff0000u;
    float x;
    memcpy(&x, &bits, 4);
    return x;
}

/// Rows and pairs from the given ones on, plainly.
static void pack_rows_from(size_t row, size_t pair, const float *src, size_t stride, size_t count, size_t depth,
                           uint32_t *panel, size_t width) {
    size_t pairs = (depth + 1) / 2;
    for (size_t r = row; r < count; r++) {
        const float *x = src + r * stride;
        for (size_t k = pair; k < pairs; k++)
            panel[k * width + r] = word(x[2 * k], 2 * k + 1 < depth ? x[2 * k + 1] : 0);
    }
    for (size_t k = pair; k < pairs; k++)
        for (size_t r = row > count ? row : count; r < width; r++) panel[k * width + r] = 0;
}

static void pack_columns_plain(const float *src, size_t stride, size_t count, size_t depth, uint32_t *panel,
                               size_t width) {
    for (size_t k = 0; k < (depth + 1) / 2; k++) {
        const float *a = src + 2 * k * stride;
        for (size_t c = 0; c < count; c++)
            panel[k * width + c] = word(a[c], 2 * k + 1 < depth ? a[stride + c] : 0);
        for (size_t c = count; c < width; c++) panel[k * width + c] = 0;
    }
}

/// Pairs of a product that are added up in one go: sums of sums round less than one long sum.
enum { PAIRS = 1024 };

/// A stretch of a span's pairs.
typedef struct {
    mk_bf16_span span;
    size_t first, count;
} stretch;

/// The stretch's part of the left panel of `rows` rows that begins at a row.
static inline const uint32_t *left_of(const stretch *part, size_t row, size_t rows) {
    return part->span.left + row * part->span.pairs + part->first * rows;
}

static inline const uint32_t *right_of(const stretch *part) { return part->span.right + part->first * MK_BF16_RIGHT; }

static void add_plain(const stretch *part, size_t row, size_t rows, size_t m, float *sums) {
    const uint32_t *left = left_of(part, row, rows), *right = right_of(part);
    for (size_t k = 0; k < part->count; k++) {
        float x = low_half(left[k * rows + m]), y = high_half(left[k * rows + m]);
        const uint32_t *b = right + k * MK_BF16_RIGHT;
        for (size_t n = 0; n < MK_BF16_RIGHT; n++) sums[n] += x * low_half(b[n]) + y * high_half(b[n]);
    }
}

static void tile_plain(const stretch *first, const stretch *second, size_t row, size_t rows, size_t columns,
                       float *c, size_t c_stride, int accumulate) {
    for (size_t m = 0; m < rows; m++) {
        float sums[MK_BF16_RIGHT] = {0};
        add_plain(first, row, rows, m, sums);
        add_plain(second, row, rows, m, sums);
        for (size_t n = 0; n < columns; n++)
            c[m * c_stride + n] = sums[n] + (accumulate ? c[m * c_stride + n] : 0);
    }
}

#if defined(__x86_64__)
#include <immintrin.h>
#define NATIVE __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))
#define INLINE static inline __attribute__((always_inline)) NATIVE

/// Sixteen rows of sixteen words become sixteen columns.
INLINE void transpose(__m512i r[16]) {
    __m512i t[16];
    for (int i = 0; i < 8; i++) {
        t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
    }
    for (int i = 0; i < 4; i++) {
        r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
        r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
        r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
        r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
    }
    for (int i = 0; i < 4; i++) {
        t[i] = _mm512_shuffle_i32x4(r[i], r[4 + i], 0x88);
        t[4 + i] = _mm512_shuffle_i32x4(r[i], r[4 + i], 0xdd);
        t[8 + i] = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0x88);
        t[12 + i] = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0xdd);
    }
    for (int i = 0; i < 4; i++) {
        r[i] = _mm512_shuffle_i32x4(t[i], t[8 + i], 0x88);
        r[8 + i] = _mm512_shuffle_i32x4(t[i], t[8 + i], 0xdd);
        r[4 + i] = _mm512_shuffle_i32x4(t[4 + i], t[12 + i], 0x88);
        r[12 + i] = _mm512_shuffle_i32x4(t[4 + i], t[12 + i], 0xdd);
    }
}

static NATIVE void pack_rows_native(const float *src, size_t stride, size_t count, size_t depth, uint32_t *panel,
                                    size_t width) {
    size_t whole = depth / 32 * 16;  // pairs in full blocks
    for (size_t row = 0; row < width; row += 16) {
        size_t left = width - row < 16 ? width - row : 16;
        __mmask16 mask = (__mmask16)((1u << left) - 1);
        for (size_t k = 0; k < whole; k += 16) {
            __m512i r[16];
            for (size_t i = 0; i < 16; i++) {
                const float *x = src + (row + i) * stride + 2 * k;
                r[i] = row + i < count
                           ? (__m512i)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(x + 16), _mm512_loadu_ps(x))
                           : _mm512_setzero_si512();
            }
            transpose(r);
            for (size_t i = 0; i < 16; i++) _mm512_mask_storeu_epi32(panel + (k + i) * width + row, mask, r[i]);
        }
    }
    pack_rows_from(0, whole, src, stride, count, depth, panel, width);
}

static NATIVE void pack_columns_native(const float *src, size_t stride, size_t count, size_t depth, uint32_t *panel,
                                       size_t width) {
    const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6,
                                           21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    for (size_t k = 0; k < (depth + 1) / 2; k++) {
        const float *a = src + 2 * k * stride;
        int has_next = 2 * k + 1 < depth;
        for (size_t c = 0; c < width; c += 16) {
            size_t kept = count > c ? (count - c < 16 ? count - c : 16) : 0;
            size_t stored = width - c < 16 ? width - c : 16;
            __mmask16 mask = (__mmask16)((1u << kept) - 1);
            __m512 low = _mm512_maskz_loadu_ps(mask, a + c);
            __m512 high = has_next ? _mm512_maskz_loadu_ps(mask, a + stride + c) : _mm512_setzero_ps();
            __m512i both = _mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh(high, low));
            _mm512_mask_storeu_epi32(panel + k * width + c, (__mmask16)((1u << stored) - 1), both);
        }
    }
}

INLINE void add_stretch(const int rows, const int is_wide, const stretch *part, size_t row, __m512 *low,
                        __m512 *high) {
    const uint32_t *left = left_of(part, row, rows), *right = right_of(part);
    for (size_t k = 0, count = part->count; k < count; k++, left += rows, right += MK_BF16_RIGHT) {
        __m512bh b0 = (__m512bh)_mm512_loadu_si512(right), b1 = b0;
        if (is_wide) b1 = (__m512bh)_mm512_loadu_si512(right + 16);
#pragma clang loop unroll(full)
        for (int m = 0; m < rows; m++) {
            __m512bh x = (__m512bh)_mm512_set1_epi32((int)left[m]);
            low[m] = _mm512_dpbf16_ps(low[m], x, b0);
            if (is_wide) high[m] = _mm512_dpbf16_ps(high[m], x, b1);
        }
    }
}

INLINE void tile_of(const int rows, const int is_wide, const stretch *first_part, const stretch *second_part,
                    size_t row, size_t columns, float *c, size_t c_stride, int accumulate) {
    __m512 low[MK_BF16_LEFT], high[MK_BF16_LEFT];
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m++) low[m] = high[m] = _mm512_setzero_ps();
    add_stretch(rows, is_wide, first_part, row, low, high);
    add_stretch(rows, is_wide, second_part, row, low, high);
    __mmask16 first = columns >= 16 ? 0xffff : (__mmask16)((1u << columns) - 1);
    __mmask16 second = columns >= 32 ? 0xffff : columns > 16 ? (__mmask16)((1u << (columns - 16)) - 1) : 0;
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m++, c += c_stride) {
        __m512 x = accumulate ? _mm512_maskz_loadu_ps(first, c) : _mm512_setzero_ps();
        _mm512_mask_storeu_ps(c, first, _mm512_add_ps(low[m], x));
        if (!is_wide) continue;
        __m512 y = accumulate ? _mm512_maskz_loadu_ps(second, c + 16) : _mm512_setzero_ps();
        _mm512_mask_storeu_ps(c + 16, second, _mm512_add_ps(high[m], y));
    }
}

static NATIVE void tile_native(const stretch *first, const stretch *second, size_t row, size_t rows,
                               size_t columns, float *c, size_t c_stride, int accumulate) {
#define CASE(M)                                                                                            \
    case M:                                                                                                \
        if (columns > 16) return tile_of(M, 1, first, second, row, columns, c, c_stride, accumulate); \
        return tile_of(M, 0, first, second, row, columns, c, c_stride, accumulate);
    switch (rows) {
        CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12) CASE(13)
        CASE(14)
        default: __builtin_trap();
    }
#undef CASE
}
#endif

void mk_bf16_pack_rows(const float *src, size_t stride, size_t count, size_t depth, uint32_t *panel, size_t width) {
#if defined(__x86_64__)
    if (mk_has_bf16()) return pack_rows_native(src, stride, count, depth, panel, width);
#endif
    pack_rows_from(0, 0, src, stride, count, depth, panel, width);
}

void mk_bf16_pack_columns(const float *src, size_t stride, size_t count, size_t depth, uint32_t *panel, size_t width) {
#if defined(__x86_64__)
    if (mk_has_bf16()) return pack_columns_native(src, stride, count, depth, panel, width);
#endif
    pack_columns_plain(src, stride, count, depth, panel, width);
}

void mk_bf16_strip(mk_bf16_span first, mk_bf16_span second, size_t rows, size_t columns, float *c, size_t c_stride,
                   int accumulate) {
    void (*tile)(const stretch *, const stretch *, size_t, size_t, size_t, float *, size_t, int) =
        tile_plain;
#if defined(__x86_64__)
    if (mk_has_bf16()) tile = tile_native;
#endif
    stretch part = {first, 0, 0}, none = {second, 0, 0}, last = {second, 0, second.pairs};
    do {
        size_t left = first.pairs - part.first;
        part.count = left < PAIRS ? left : PAIRS;
        for (size_t row = 0; row < rows; row += MK_BF16_LEFT) {
            size_t height = rows - row < MK_BF16_LEFT ? rows - row : MK_BF16_LEFT;
            tile(&part, part.count == left ? &last : &none, row, height, columns, c + row * c_stride, c_stride,
                 accumulate || part.first > 0);
        }
        part.first += part.count;
    } while (part.first < first.pairs);
}
