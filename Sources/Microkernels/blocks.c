// Compiles blocks.inc once per instruction set; loops over rows and picks the table. See blocks.h.
#include "blocks.h"

#include "blocks_types.h"
#include "dots_loops.h"
#include "isa.h"
#include "targets.h"

struct row_loops {
    void (*decode)(const uint8_t *, float *, size_t);
    /// NULL for integer kinds, whose products are in dots.c.
    float (*dot)(const uint8_t *, const float *, size_t);
};

size_t mk_nibble_bytes(size_t n) {
    size_t rest = n % 32;
    return n / 32 * 16 + (rest < 16 ? rest : 16);
}

#define BODY "blocks.inc"
#include "each_level.inc"
static const struct row_loops *const tables[MK_LEVELS] = EACH_LEVEL(row_loops);

static const uint8_t *row_at(mk_rows rows, size_t r) {
    return rows.bytes + rows.stride * (rows.order ? (size_t)rows.order[r] : r);
}

void mk_rows_decode(int level, int kind, mk_rows rows, size_t first, size_t count, float *dst) {
    const struct row_loops *loops = &tables[level][kind];
    for (size_t i = 0; i < count; i++) loops->decode(row_at(rows, first + i), dst + i * rows.columns, rows.columns);
}

void mk_rows_multiply(int kind, mk_rows rows, size_t first, size_t count, mk_vector x, float *y) {
    integer_dot codes = integer_dot_of(x.level, kind);
    if (codes) {
        for (size_t i = 0; i < count; i++) y[i] = codes(row_at(rows, first + i), &x, rows.columns);
        return;
    }
    const struct row_loops *loops = &tables[x.level < MK_LEVELS ? x.level : MK_AVX512][kind];
    for (size_t i = 0; i < count; i++) y[i] = loops->dot(row_at(rows, first + i), x.values, rows.columns);
}
