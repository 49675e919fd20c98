// SIMD inner loops behind run-time CPU dispatch. Each group of loops has one body, compiled once per
// instruction set (*.inc), and one table; `mk_level` picks the row. Naive twins live in Swift tests.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "bf16_gemm.h"
#include "blocks.h"
#include "elementwise.h"
#include "f32_gemm.h"
#include "isa.h"
#include "low_rank.h"
#include "mapped.h"
#include "mix.h"
#include "pool.h"
#include "rounding.h"
#include "small_gemm.h"
#include "vectors.h"
