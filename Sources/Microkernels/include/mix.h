// Sums of packed rows with a weight for each: what a query makes of the values that it sees.
#pragma once
#include <stddef.h>

#include "blocks.h"

/// y[c] = Σ_i weights[i] · row(first + i)[c], c in 0 ..< columns, for rows of MK_ROWS_F32, _BF16 or _Q8_0.
void mk_rows_mix(int level, int kind, mk_rows rows, size_t first, size_t count, const float *weights, float *y);
