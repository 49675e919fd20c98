// Stochastic rounding to bf16: up or down so that the mean over all keys is the number itself. Paper: Gupta,
// Agrawal, Gopalakrishnan and Narayanan 2015 (arXiv 1502.02551).
#pragma once
#include <stddef.h>
#include <stdint.h>

/// y[i] = x[i] rounded to one of the two bf16 next to it, the farther one with the chance of its share of the
/// way; what bf16 holds exactly stays. The choice is a pure function of (key, first + i), the same at every level.
/// NaN stays NaN, infinity stays. A call does not cross a multiple of 2³² elements.
void mk_round_bf16_stochastically(int level, const float *x, uint16_t *y, size_t n, uint64_t key, uint64_t first);
