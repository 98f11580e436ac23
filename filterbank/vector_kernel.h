/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_VECTOR_KERNEL_H
#define BH_FILTERBANK_VECTOR_KERNEL_H

/* The widest vectors of the instruction set that a file is compiled for, and the fused
 * multiply-add that C has no operator for. Where the set has none it is two roundings.
 * With BH_ONE_LANE (lane_kernel.h) a vector is one number.
 */

#if defined(BH_ONE_LANE)
#include "core/math_kernel.h"
#elif defined(__AVX512F__) || defined(__FMA__)
#include <immintrin.h>
#endif

#ifdef BH_ONE_LANE

typedef float bh_vector_float;
typedef double bh_vector_double;
typedef float bh_memory_float;
typedef double bh_memory_double;

#define BH_FMA_FLOAT      bh_fmaf
#define BH_FMA_DOUBLE     bh_fma
#define BH_SPLAT(type, x) ((type)(x))

#else

#if defined(__AVX512F__)
#define BH_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define BH_VECTOR_BYTES 32
#else
#define BH_VECTOR_BYTES 16
#endif

typedef float bh_vector_float __attribute__((vector_size(BH_VECTOR_BYTES)));
typedef double bh_vector_double __attribute__((vector_size(BH_VECTOR_BYTES)));
/* The same anywhere in memory. */
typedef float bh_memory_float
    __attribute__((vector_size(BH_VECTOR_BYTES), aligned(4), may_alias));
typedef double bh_memory_double
    __attribute__((vector_size(BH_VECTOR_BYTES), aligned(8), may_alias));

#if defined(__AVX512F__)
#define BH_FMA_FLOAT  _mm512_fmadd_ps
#define BH_FMA_DOUBLE _mm512_fmadd_pd
#elif defined(__FMA__)
#define BH_FMA_FLOAT  _mm256_fmadd_ps
#define BH_FMA_DOUBLE _mm256_fmadd_pd
#else
#define BH_FMA_FLOAT(a, b, c)  ((a) * (b) + (c))
#define BH_FMA_DOUBLE(a, b, c) ((a) * (b) + (c))
#endif

/// A number in every lane of a vector of a type.
#define BH_SPLAT(type, x) ((x) - (type){0})

#endif

/// a b + c, rounded once.
static inline bh_vector_float
bh_fma_float(bh_vector_float a, bh_vector_float b, bh_vector_float c)
{
    return BH_FMA_FLOAT(a, b, c);
}

/// a b + c, rounded once.
static inline bh_vector_double
bh_fma_double(bh_vector_double a, bh_vector_double b, bh_vector_double c)
{
    return BH_FMA_DOUBLE(a, b, c);
}

#endif
