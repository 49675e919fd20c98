// Compiles dots.inc once per instruction set, and once more for AVX-512 with VNNI. See vectors.h.
#include "dots_loops.h"

#include "blocks_types.h"
#include "isa.h"
#include "targets.h"

#define BODY "dots.inc"
#include "each_level.inc"
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target(MK_TARGET_VNNI))), apply_to = function)
#define SUFFIX vnni
#define WIDTH 512
#define BYTE_PRODUCTS 1
#include "dots.inc"
#undef SUFFIX
#undef WIDTH
#undef BYTE_PRODUCTS
#pragma clang attribute pop
static const integer_dot *const tables[MK_DOT_LEVELS] = {dots_base, dots_avx2, dots_avx512, dots_vnni};
#else
static const integer_dot *const tables[MK_DOT_LEVELS] = {dots_base, dots_base, dots_base, dots_base};
#endif

integer_dot integer_dot_of(int level, int kind) { return tables[level][kind]; }
