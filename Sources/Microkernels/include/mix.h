// What one query makes of a cache: its product with each row of keys, and the sum of the rows of values
// with a weight for each. Rows are of MK_ROWS_F32, _BF16 or _Q8_0 and not permuted.
#pragma once
#include <stddef.h>

#include "blocks.h"

/// scores[i] = Σ_c row(first + i)[c] · query[c], c in 0 ..< columns.
void mk_rows_score(int level, int kind, mk_rows rows, size_t first, size_t count, const float *query, float *scores);
/// y[c] = Σ_i weights[i] · row(first + i)[c], c in 0 ..< columns.
void mk_rows_mix(int level, int kind, mk_rows rows, size_t first, size_t count, const float *weights, float *y);
