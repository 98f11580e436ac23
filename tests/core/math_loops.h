/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_MATH_LOOPS_H
#define BH_TESTS_MATH_LOOPS_H

/* Every function of core/math_kernel.h in a plain loop, compiled once for each
 * instruction set. Functions of one argument leave b alone. */

#include "core/cpu.h"

#define MATH_ONE(LOOP)                                                                 \
    LOOP(exp)                                                                          \
    LOOP(expm1)                                                                        \
    LOOP(exprel)                                                                       \
    LOOP(log)                                                                          \
    LOOP(log1p)                                                                        \
    LOOP(log10)                                                                        \
    LOOP(sin)                                                                          \
    LOOP(cos)                                                                          \
    LOOP(tan)                                                                          \
    LOOP(sinh)                                                                         \
    LOOP(cosh)                                                                         \
    LOOP(tanh)                                                                         \
    LOOP(atan)                                                                         \
    LOOP(asin)                                                                         \
    LOOP(acos)                                                                         \
    LOOP(cbrt)
#define MATH_TWO(LOOP)                                                                 \
    LOOP(pow)                                                                          \
    LOOP(mod)

enum math_function {
#define NAME(fn) MATH_##fn,
    MATH_ONE(NAME) MATH_TWO(NAME)
#undef NAME
        MATH_FUNCTIONS
};

struct math_loop {
    const char *name;
    void (*wide)(const double *a, const double *b, double *out, int count);
    void (*narrow)(const float *a, const float *b, float *out, int count);
};

struct math_loops {
    struct math_loop loop[MATH_FUNCTIONS];
};

BH_ISA_DECLARE(struct math_loops, math_loops);

#endif
