/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Speed of the elementary functions in a plain loop, next to those of the C library.
 *
 * usage: bench_math        (BH_CPU=baseline, avx2 or avx512 asks for a lower level)
 *
 * Prints ns for each element, best of many runs: double, single; then the C library's.
 */

#include "tests/core/math_loops.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

enum { COUNT = 2048, RUNS = 50, REPEATS = 20 };

#define LIBRARY(fn, type, name, given)                                                 \
    static void name(const type *restrict a, const type *restrict b,                   \
                     type *restrict out, int count)                                    \
    {                                                                                  \
        (void)b;                                                                       \
        for (int n = 0; n < count; n++)                                                \
            out[n] = fn given;                                                         \
    }
#define exprel(x)  (expm1(x) / (x))
#define exprelf(x) (expm1f(x) / (x))
#define mod        fmod
#define modf       fmodf
#define ONE(fn)                                                                        \
    LIBRARY(fn, double, fn##_library, (a[n]))                                          \
    LIBRARY(fn##f, float, fn##f_library, (a[n]))
#define TWO(fn)                                                                        \
    LIBRARY(fn, double, fn##_library, (a[n], b[n]))                                    \
    LIBRARY(fn##f, float, fn##f_library, (a[n], b[n]))
MATH_ONE(ONE)
MATH_TWO(TWO)
#define ROW(fn) {#fn, fn##_library, fn##f_library},
static const struct math_loops library = {{MATH_ONE(ROW) MATH_TWO(ROW)}};

static double
now(void)
{
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

struct numbers {
    double a[COUNT], b[COUNT], out[COUNT];
    float single_a[COUNT], single_b[COUNT], single_out[COUNT];
};

static void
print_times(const struct math_loop *loop, struct numbers *x)
{
    double wide = INFINITY, narrow = INFINITY;
    for (int run = 0; run < RUNS; run++) {
        const double start = now();
        for (int i = 0; i < REPEATS; i++)
            loop->wide(x->a, x->b, x->out, COUNT);
        const double middle = now();
        for (int i = 0; i < REPEATS; i++)
            loop->narrow(x->single_a, x->single_b, x->single_out, COUNT);
        narrow = fmin(narrow, now() - middle);
        wide = fmin(wide, middle - start);
    }
    const double elements = 1e-9 * REPEATS * COUNT;
    printf("%10.2f %8.2f", wide / elements, narrow / elements);
}

int
main(void)
{
    static struct numbers x;
    const struct math_loops *own = BH_ISA_PICK(math_loops);
    printf("ns an element   %s: double   single    C library: double   single\n",
           bh_cpu_name(bh_cpu()));
    for (int i = 0; i < MATH_FUNCTIONS; i++) {
        /* Arguments of neurons: some units around 0 (within 1 for asin and acos). */
        const double scale = i == MATH_asin || i == MATH_acos ? 1 : 6;
        const int positive = i == MATH_log || i == MATH_log10 || i == MATH_pow;
        for (int n = 0; n < COUNT; n++) {
            const double u = fmod(n * 0.6180339887498949, 1);
            x.a[n] = scale * (positive || i == MATH_log1p ? u + 1e-3 : 2 * u - 1);
            x.b[n] = 1 + 3 * fmod(n * 0.7548776662466927, 1);
            x.single_a[n] = (float)x.a[n];
            x.single_b[n] = (float)x.b[n];
        }
        printf("%-19s", own->loop[i].name);
        print_times(&own->loop[i], &x);
        printf("%14s", "");
        print_times(&library.loop[i], &x);
        printf("\n");
    }
    return 0;
}
