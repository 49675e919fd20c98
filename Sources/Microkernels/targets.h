// How a group of loops is compiled once per instruction set: its body includes nothing, names its
// functions FN(name), and is included between these pragmas. See elementwise.c for the pattern.
#pragma once
#define MK_PASTE_(a, b) a##_##b
#define MK_PASTE(a, b) MK_PASTE_(a, b)
#define FN(name) MK_PASTE(name, SUFFIX)
#define MK_TARGET_AVX2 "avx2,fma,f16c,bmi2"
#define MK_TARGET_AVX512 "avx512f,avx512bw,avx512vl,avx512dq,avx512cd,avx2,fma,f16c,bmi2"
