// Finds the CPU's instruction sets once, before main; see isa.h.
#include "isa.h"

static int best = MK_BASE;
static int used = MK_BASE;
static int bf16 = 0;
static int vnni = 0;
static _Thread_local int own = -1;

__attribute__((constructor)) static void find(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
        best = MK_AVX512;
    bf16 = best == MK_AVX512 && __builtin_cpu_supports("avx512bf16");
    vnni = best == MK_AVX512 && __builtin_cpu_supports("avx512vnni");
    if (best == MK_BASE && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c"))
        best = MK_AVX2;
#endif
    used = best;
}

int mk_level(void) { return own >= 0 ? own : used; }
int mk_level_max(void) { return best; }
int mk_has_bf16(void) { return bf16 && mk_level() == MK_AVX512; }
int mk_has_vnni(void) { return vnni && mk_level() == MK_AVX512; }
int mk_dot_level(void) { return mk_has_vnni() ? MK_VNNI : mk_level(); }
int mk_dot_level_max(void) { return vnni ? MK_VNNI : best; }

int mk_force_level(int level) {
    used = level < MK_BASE ? MK_BASE : level > best ? best : level;
    return used;
}

void mk_set_thread_level(int level) { own = level < 0 ? -1 : level > best ? best : level; }

const char *mk_level_name(int level) {
    static const char *const names[MK_LEVELS] = {"base", "avx2", "avx512"};
    return level < MK_BASE || level >= MK_LEVELS ? "unknown" : names[level];
}
