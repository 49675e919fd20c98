// Compiles mix.inc once per instruction set; see mix.h.
#include "mix.h"

#include "blocks_types.h"
#include "isa.h"
#include "targets.h"

struct mixer {
    void (*score)(mk_rows, size_t, size_t, const float *, float *);
    void (*mix)(mk_rows, size_t, size_t, const float *, float *);
};

/// Rows that are asked of memory before they are read: caches lie in many short pieces, which the
/// processor does not foresee.
enum { ROWS_AHEAD = 12 };

#define BODY "mix.inc"
#include "each_level.inc"
static const struct mixer *const tables[MK_LEVELS] = EACH_LEVEL(mixers);

void mk_rows_mix(int level, int kind, mk_rows rows, size_t first, size_t count, const float *weights, float *y) {
    tables[level][kind].mix(rows, first, count, weights, y);
}

void mk_rows_score(int level, int kind, mk_rows rows, size_t first, size_t count, const float *query, float *scores) {
    tables[level][kind].score(rows, first, count, query, scores);
}
