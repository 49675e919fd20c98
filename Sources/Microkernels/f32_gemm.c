// Compiles f32_gemm.inc once per instruction set; see f32_gemm.h.
#include "f32_gemm.h"

#include <string.h>

#include "isa.h"
#include "small_gemm.h"
#include "targets.h"

typedef void strip_loop(const mk_f32_span *, size_t, size_t, float *, size_t, int);

#define BODY "f32_gemm.inc"
#include "each_level.inc"
static strip_loop *const tables[MK_LEVELS] = EACH_LEVEL(strip);

void mk_f32_pack_rows(const float *src, size_t stride, size_t count, size_t depth, float *panel, size_t width) {
    mk_transpose(src, stride, count, depth, panel, width);
    if (count == width) return;
    for (size_t k = 0; k < depth; k++) memset(panel + k * width + count, 0, (width - count) * sizeof(float));
}

void mk_f32_pack_columns(const float *src, size_t stride, size_t count, size_t depth, float *panel, size_t width) {
    for (size_t k = 0; k < depth; k++) {
        memcpy(panel + k * width, src + k * stride, count * sizeof(float));
        memset(panel + k * width + count, 0, (width - count) * sizeof(float));
    }
}

void mk_f32_strip(mk_f32_span first, mk_f32_span second, size_t rows, size_t columns, float *c, size_t c_stride,
                  int accumulate) {
    strip_loop *strip = tables[mk_level()];
    strip(&first, rows, columns, c, c_stride, accumulate);
    if (second.depth > 0) strip(&second, rows, columns, c, c_stride, 1);
}
