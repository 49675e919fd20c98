// Which instruction set the loops use: found at start, lowered (never raised) by mk_force_level.
#pragma once

enum { MK_BASE = 0, MK_AVX2 = 1, MK_AVX512 = 2, MK_LEVELS = 3 };
/// Products of packed rows know one level more: AVX-512 with VNNI.
enum { MK_VNNI = 3, MK_DOT_LEVELS = 4 };

/// The level in use: 0 plain, 1 AVX2 + FMA + F16C, 2 AVX-512 (F, BW, VL, DQ).
int mk_level(void);
/// The best level that this CPU has.
int mk_level_max(void);
/// Whether the level in use multiplies bf16 pairs in one instruction (AVX512_BF16).
int mk_has_bf16(void);
/// Whether the level in use adds products of bytes in one instruction (AVX512_VNNI).
int mk_has_vnni(void);
/// The level of products of packed rows: MK_VNNI where the level in use has it, mk_level() otherwise.
int mk_dot_level(void);
/// The best that mk_dot_level() can be on this CPU.
int mk_dot_level_max(void);
/// Uses `level`, at most the CPU's best, on all threads. Returns the level now in use. For --isa.
int mk_force_level(int level);
/// Uses `level` on the calling thread only; −1 follows mk_force_level again. For tests, which run in parallel.
void mk_set_thread_level(int level);
/// "base", "avx2" or "avx512".
const char *mk_level_name(int level);
