// Compiles mix.inc once per instruction set; see mix.h.
#include "mix.h"

#include "blocks_types.h"
#include "isa.h"
#include "targets.h"

typedef void (*mixer)(mk_rows, size_t, size_t, const float *, float *);

#define BODY "mix.inc"
#include "each_level.inc"
static const mixer *const tables[MK_LEVELS] = EACH_LEVEL(mixers);

void mk_rows_mix(int level, int kind, mk_rows rows, size_t first, size_t count, const float *weights, float *y) {
    tables[level][kind](rows, first, count, weights, y);
}
