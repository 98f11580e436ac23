/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/math_loops.h"

#include "core/angle_kernel.h"
#include "core/math_kernel.h"

#define LOOP(fn, type, given)                                                          \
    static void fn##_loop(const type *restrict a, const type *restrict b,              \
                          type *restrict out, int count)                               \
    {                                                                                  \
        (void)b;                                                                       \
        for (int n = 0; n < count; n++)                                                \
            out[n] = bh_##fn given;                                                    \
    }
#define ONE(fn) LOOP(fn, double, (a[n])) LOOP(fn##f, float, (a[n]))
#define TWO(fn) LOOP(fn, double, (a[n], b[n])) LOOP(fn##f, float, (a[n], b[n]))
MATH_ONE(ONE)
MATH_TWO(TWO)

#define ROW(fn) {#fn, fn##_loop, fn##f_loop},
const struct math_loops BH_ISA(math_loops) = {{MATH_ONE(ROW) MATH_TWO(ROW)}};
