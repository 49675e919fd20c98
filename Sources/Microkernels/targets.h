// How a group of loops is compiled once per instruction set: define BODY as the file with the loops,
// include each_level.inc, and make a table with EACH_LEVEL. See elementwise.c for the pattern.
#pragma once
#define MK_PASTE_(a, b) a##_##b
#define MK_PASTE(a, b) MK_PASTE_(a, b)
#define FN(name) MK_PASTE(name, SUFFIX)
#define MK_TARGET_AVX2 "avx2,fma,f16c,bmi2"
#define MK_TARGET_AVX512 "avx512f,avx512bw,avx512vl,avx512dq,avx512cd,avx2,fma,f16c,bmi2"
#define MK_TARGET_VNNI MK_TARGET_AVX512 ",avx512vnni"
/// What FN(name) became at each level of isa.h, in their order; plain loops on other processors.
#if defined(__x86_64__)
#define EACH_LEVEL(name) {name##_base, name##_avx2, name##_avx512}
#else
#define EACH_LEVEL(name) {name##_base, name##_base, name##_base}
#endif
