// Compiles vectors.inc once per instruction set and walks a vector in steps of 64. See vectors.h.
#include "vectors.h"

#include <string.h>

#include "isa.h"
#include "targets.h"

#define BODY "vectors.inc"
#include "each_level.inc"

typedef void (*encoder)(const float *, int splits, int8_t *, float *, float *, float *);
static const encoder encoders[MK_LEVELS] = EACH_LEVEL(encode_step);

/// Steps of 64 columns, up to whole super-blocks.
static size_t steps_of(size_t n) { return (n + 255) / 256 * 4; }

size_t mk_vector_bytes(size_t n) { return steps_of(n) * (128 + 8 * sizeof(float)); }

mk_vector mk_vector_make(int level, const float *x, size_t n, void *memory) {
    size_t steps = steps_of(n);
    int8_t *codes = memory;
    float *scales = (float *)(void *)(codes + 128 * steps), *sums = scales + 2 * steps, *half_sums = sums + 2 * steps;
    int splits = level == MK_VNNI;
    encoder encode = encoders[splits ? MK_AVX512 : level];
    memset(memory, 0, mk_vector_bytes(n));
    for (size_t i = 0; i < n; i += 64) {
        float rest[64] = {0};
        if (n - i < 64) memcpy(rest, x + i, (n - i) * sizeof *x);
        encode(n - i < 64 ? rest : x + i, splits, codes + 2 * i, scales + i / 32, sums + i / 32, half_sums + i / 16);
    }
    return (mk_vector){level, x, codes, scales, sums, half_sums};
}
