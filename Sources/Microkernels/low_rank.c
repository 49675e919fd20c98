// Compiles low_rank.inc once per instruction set and dispatches on mk_level(). See low_rank.h.
#include "low_rank.h"

#include "isa.h"
#include "targets.h"

struct low_rank {
    void (*multiply_few)(const float *, size_t, size_t, const float *, size_t, size_t, size_t, float *, size_t, float);
    void (*add_outer)(const float *, size_t, size_t, const float *, size_t, size_t, size_t, float *, size_t);
};

#define BODY "low_rank.inc"
#include "each_level.inc"
static const struct low_rank *const tables[MK_LEVELS] = EACH_LEVEL(&table);

void mk_multiply_few(const float *x, size_t x_stride, size_t rows, const float *a, size_t a_stride, size_t rank,
                     size_t depth, float *y, size_t y_stride, float alpha) {
    tables[mk_level()]->multiply_few(x, x_stride, rows, a, a_stride, rank, depth, y, y_stride, alpha);
}

void mk_add_outer(const float *u, size_t u_stride, size_t rank, const float *x, size_t x_stride, size_t rows,
                  size_t columns, float *c, size_t c_stride) {
    tables[mk_level()]->add_outer(u, u_stride, rank, x, x_stride, rows, columns, c, c_stride);
}
