/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/fir_tail_kernel.h"
#include "filterbank/vector_kernel.h"

#include <stdint.h>

enum { STEP = BH_VECTOR_BYTES / sizeof(double) };

typedef bh_vector_double vector;
typedef bh_memory_double memory;
typedef int64_t index __attribute__((vector_size(BH_VECTOR_BYTES)));

#if BH_VECTOR_BYTES == 64
#define PAIRS(even, odd)                                                               \
    {                                                                                  \
        even, odd, even + 2, odd + 2, even + 4, odd + 4, even + 6, odd + 6             \
    }
#elif BH_VECTOR_BYTES == 32
#define PAIRS(even, odd)                                                               \
    {                                                                                  \
        even, odd, even + 2, odd + 2                                                   \
    }
#else
#define PAIRS(even, odd)                                                               \
    {                                                                                  \
        even, odd                                                                      \
    }
#endif

/* Real and imaginary parts lie in turn. The products of the imaginary parts of h are
 * summed apart and signed at the end. */
static void
multiply(const struct fir_product *product)
{
    const index re = PAIRS(0, 0), im = PAIRS(1, 1), swap = PAIRS(1, 0);
    const index places = PAIRS(0, 1), odd = places & 1;
    const vector sign = __builtin_convertvector(2 * odd - 1, vector);
    for (size_t i = 0; i < 2 * product->bins; i += STEP) {
        vector one = {0}, other = {0};
        for (size_t q = 0; q < product->parts; q++) {
            const vector x = *(const memory *)(product->x[q] + i);
            const vector h = *(const memory *)(product->h + 2 * q * product->bins + i);
            one = bh_fma_double(__builtin_shuffle(h, re), x, one);
            other = bh_fma_double(__builtin_shuffle(h, im), __builtin_shuffle(x, swap),
                                  other);
        }
        *(memory *)(product->sum + i) = bh_fma_double(sign, other, one);
    }
}

static void
turn(const double *from, size_t stride, size_t count, double *to)
{
    for (size_t t = 0; t < count; t += 8)
        for (size_t lane = 0; lane < BH_LANES; lane++)
            for (size_t i = 0; i < 8; i++)
                to[(t + i) * BH_LANES + lane] = from[lane * stride + t + i];
}

static void
add(const double *from, size_t count, double *to)
{
    for (size_t i = 0; i < count; i += STEP)
        *(memory *)(to + i) += *(const memory *)(from + i);
}

const struct fir_tail_kernels BH_ISA(bh_fir_tail_kernels) = {
    .multiply = multiply,
    .turn = turn,
    .add = add,
};
