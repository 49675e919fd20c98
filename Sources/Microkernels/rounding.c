// Compiles rounding.inc once per instruction set. See rounding.h.
#include "rounding.h"

#include "isa.h"
#include "targets.h"

typedef uint32_t FloatBits __attribute__((may_alias));

#define BODY "rounding.inc"
#include "each_level.inc"

typedef void (*rounder)(const float *, uint16_t *, size_t, uint64_t, uint64_t);
static const rounder rounders[MK_LEVELS] = EACH_LEVEL(round_stochastically);

void mk_round_bf16_stochastically(int level, const float *x, uint16_t *y, size_t n, uint64_t key, uint64_t first) {
    rounders[level](x, y, n, key, first);
}
