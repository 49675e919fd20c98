// How rows of integer codes find their product with a vector's steps; the loops are in dots.c.
#pragma once
#include "blocks.h"

/// A row of n columns times a vector.
typedef float (*integer_dot)(const uint8_t *row, const mk_vector *x, size_t n);
/// Beside the kinds of blocks.h: signed bytes without scales.
enum { INT8_CODES = MK_ROWS_KINDS, INTEGER_KINDS };
/// The loop of a kind; NULL for kinds that are multiplied in floats.
integer_dot integer_dot_of(int level, int kind);
