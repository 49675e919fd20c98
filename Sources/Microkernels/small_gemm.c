// Compiles small_gemm.inc once per instruction set; see small_gemm.h.
#include "small_gemm.h"

#include "isa.h"
#include "targets.h"

struct small_loops {
    void (*gemm)(mk_left, const float *, size_t, size_t, size_t, size_t, float *, size_t, int);
    void (*transpose)(const float *, size_t, size_t, size_t, float *, size_t);
};

#define BODY "small_gemm.inc"
#include "each_level.inc"
static const struct small_loops *const tables[MK_LEVELS] = EACH_LEVEL(&small_loops);

void mk_small_gemm(mk_left a, const float *b, size_t b_stride, size_t rows, size_t depth, size_t columns, float *c,
                   size_t c_stride, int accumulate) {
    tables[mk_level()]->gemm(a, b, b_stride, rows, depth, columns, c, c_stride, accumulate);
}

void mk_transpose(const float *src, size_t stride, size_t rows, size_t columns, float *dst, size_t dst_stride) {
    tables[mk_level()]->transpose(src, stride, rows, columns, dst, dst_stride);
}
