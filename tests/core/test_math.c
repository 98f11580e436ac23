/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The truth is long double of the C library, whose errors are 2^-11 of a double's unit
 * in the last place (ulp). Limits are what 2^22 random arguments of each range gave,
 * with or without FMA, rounded up by some 5%. BH_MATH_TABLE=1 prints the errors. */
#include "tests/check.h"

#include "core/denormal_kernel.h"
#include "tests/core/math_loops.h"

#include <float.h>
#include <stdint.h>

enum { SAMPLES = 1 << 16 };

typedef long double truth_function(long double a, long double b);

#define TRUTH(fn)                                                                      \
    static long double true_##fn(long double a, long double b)                         \
    {                                                                                  \
        (void)b;                                                                       \
        return fn##l(a);                                                               \
    }
TRUTH(exp)
TRUTH(expm1)
TRUTH(log)
TRUTH(log1p)
TRUTH(log10)
TRUTH(sin)
TRUTH(cos)
TRUTH(tan)
TRUTH(sinh)
TRUTH(cosh)
TRUTH(tanh)
TRUTH(atan)
TRUTH(asin)
TRUTH(acos)
TRUTH(cbrt)

static long double
true_exprel(long double a, long double b)
{
    (void)b;
    return a == 0 ? 1 : isinf(a) && a > 0 ? a : expm1l(a) / a;
}

static long double
true_pow(long double a, long double b)
{
    return powl(a, b);
}

static long double
true_mod(long double a, long double b)
{
    long double r = fmodl(a, b);
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

struct range {
    enum math_function function;
    truth_function *truth;
    double low, high;     /* of a; half of the samples spread over its octaves */
    double low_b, high_b; /* of b */
    double ulp, single_ulp;
};

static const struct range ranges[] = {
    {MATH_exp, true_exp, -708.3, 709.7, 0, 0, 1.1, 1},
    {MATH_exp, true_exp, -1, 1, 0, 0, 1.1, 1},
    {MATH_expm1, true_expm1, -50, 709.7, 0, 0, 2.3, 1.6},
    {MATH_expm1, true_expm1, -2, 2, 0, 0, 2.3, 1.6},
    {MATH_exprel, true_exprel, -88, 88, 0, 0, 2.1, 1.9},
    {MATH_exprel, true_exprel, -2, 2, 0, 0, 2.1, 1.9},
    {MATH_log, true_log, 0, 1e308, 0, 0, 0.9, 0.9},
    {MATH_log, true_log, 0.5, 2, 0, 0, 0.9, 0.9},
    {MATH_log1p, true_log1p, -1, 1e300, 0, 0, 0.9, 1},
    {MATH_log1p, true_log1p, -1, 2, 0, 0, 0.9, 1},
    {MATH_log10, true_log10, 0, 1e308, 0, 0, 1.9, 2.1},
    {MATH_log10, true_log10, 0.5, 2, 0, 0, 1.9, 2.1},
    {MATH_sin, true_sin, -10, 10, 0, 0, 1.6, 1.6},
    {MATH_sin, true_sin, -1e6, 1e6, 0, 0, 1.6, 1.6},
    {MATH_sin, true_sin, -3e13, 3e13, 0, 0, 1.6, 1.6},
    {MATH_cos, true_cos, -10, 10, 0, 0, 1.6, 1.6},
    {MATH_cos, true_cos, -1e6, 1e6, 0, 0, 1.6, 1.6},
    {MATH_cos, true_cos, -3e13, 3e13, 0, 0, 1.6, 1.6},
    {MATH_tan, true_tan, -10, 10, 0, 0, 3.6, 0.51},
    {MATH_tan, true_tan, -3e13, 3e13, 0, 0, 3.6, 0.51},
    {MATH_sinh, true_sinh, -710, 710, 0, 0, 2.6, 2.3},
    {MATH_sinh, true_sinh, -2, 2, 0, 0, 2.6, 2.3},
    {MATH_cosh, true_cosh, -710, 710, 0, 0, 1.6, 1.6},
    {MATH_cosh, true_cosh, -2, 2, 0, 0, 1.6, 1.6},
    {MATH_tanh, true_tanh, -25, 25, 0, 0, 2.8, 2.5},
    {MATH_tanh, true_tanh, -1, 1, 0, 0, 2.8, 2.5},
    {MATH_atan, true_atan, -10, 10, 0, 0, 1.9, 0.51},
    {MATH_atan, true_atan, -1e300, 1e300, 0, 0, 1.9, 0.51},
    {MATH_asin, true_asin, -1, 1, 0, 0, 2.9, 0.51},
    {MATH_acos, true_acos, -1, 1, 0, 0, 2.6, 0.51},
    {MATH_cbrt, true_cbrt, 0, 1e300, 0, 0, 1, 1.1},
    {MATH_pow, true_pow, 0, 1e10, -30, 30, 1, 0.51},
    {MATH_pow, true_pow, 0, 1e300, -2, 2, 1, 0.51},
    {MATH_pow, true_pow, 0.5, 2, -1000, 1000, 1, 0.51},
    {MATH_mod, true_mod, -1000, 1000, -10, 10, 0.5, 0.5},
    {MATH_mod, true_mod, -1e12, 1e12, 1e-3, 10, 0.5, 0.5},
};

static uint64_t
next_bits(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* Evenly between low and high, or evenly over the octaves below the larger of them. */
static double
sample(uint64_t *state, int octaves, double low, double high)
{
    const double u = (double)(next_bits(state) >> 11) * 0x1p-53;
    if (!octaves)
        return low + u * (high - low);
    const double most = fmax(fabs(low), fabs(high));
    const double span = octaves < 2 ? 60 : log(most) + 700, x = most * exp(-u * span);
    return copysign(fmin(x, low < 0 ? x : high),
                    low < 0 && next_bits(state) & 1 ? -1 : 1);
}

/* Error in units in the last place of a type with `digits` bits and a least exponent.
 */
static double
ulps(double got, long double want, int digits, int least)
{
    int exponent;
    frexpl(want, &exponent);
    if (exponent < least)
        exponent = least;
    if (got == 0 && fabsl(want) < ldexpl(0.5L, least)) /* flushed */
        return 0;
    return (double)(fabsl((long double)got - want) / ldexpl(1, exponent - digits));
}

static double
worst_wide(const struct range *range, const struct math_loop *loop, double *where)
{
    static double a[SAMPLES], b[SAMPLES], out[SAMPLES];
    uint64_t state = 1;
    double worst = 0;
    for (int i = 0; i < SAMPLES; i++) {
        a[i] = sample(&state, i % 3, range->low, range->high);
        b[i] = sample(&state, 0, range->low_b, range->high_b);
    }
    loop->wide(a, b, out, SAMPLES);
    for (int i = 0; i < SAMPLES; i++) {
        const long double want = range->truth(a[i], b[i]);
        if (fabsl(want) > DBL_MAX || a[i] <= range->low)
            continue;
        const double error = ulps(out[i], want, DBL_MANT_DIG, DBL_MIN_EXP);
        if (!(error <= worst))
            worst = error, where[0] = a[i], where[1] = b[i];
    }
    return worst;
}

static double
worst_narrow(const struct range *range, const struct math_loop *loop, double *where)
{
    static float a[SAMPLES], b[SAMPLES], out[SAMPLES];
    uint64_t state = 2;
    double worst = 0;
    for (int i = 0; i < SAMPLES; i++) {
        a[i] = (float)sample(&state, i % 3, range->low, range->high);
        b[i] = (float)sample(&state, 0, range->low_b, range->high_b);
    }
    loop->narrow(a, b, out, SAMPLES);
    for (int i = 0; i < SAMPLES; i++) {
        const long double want = range->truth(a[i], b[i]);
        if (!(fabsl(want) < FLT_MAX) || a[i] <= range->low || fabsf(a[i]) < FLT_MIN)
            continue;
        const double error = ulps(out[i], want, FLT_MANT_DIG, FLT_MIN_EXP);
        if (!(error <= worst))
            worst = error, where[0] = (double)a[i], where[1] = (double)b[i];
    }
    return worst;
}

static void
check_accuracy(const struct math_loops *loops)
{
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        const struct range *range = &ranges[i];
        const struct math_loop *loop = &loops->loop[range->function];
        double at[2] = {0, 0}, at_single[2] = {0, 0};
        const double worst = worst_wide(range, loop, at);
        const double single = worst_narrow(range, loop, at_single);
        if (worst > range->ulp || getenv("BH_MATH_TABLE"))
            fprintf(stderr, "%-7s [%g, %g]: %.3f ulp at %.17g, %.17g\n", loop->name,
                    range->low, range->high, worst, at[0], at[1]);
        if (single > range->single_ulp || getenv("BH_MATH_TABLE"))
            fprintf(stderr, "%-6sf [%g, %g]: %.3f ulp at %.9g, %.9g\n", loop->name,
                    range->low, range->high, single, at_single[0], at_single[1]);
        CHECK(worst <= range->ulp);
        CHECK(single <= range->single_ulp);
    }
}

static void
test_accuracy_baseline(void)
{
    check_accuracy(&math_loops_baseline);
}

static void
test_accuracy_vector(void)
{
    check_accuracy(BH_ISA_PICK(math_loops));
}

static const double specials[] = {0.0,
                                  -0.0,
                                  1,
                                  -1,
                                  2,
                                  -2,
                                  3,
                                  0.5,
                                  -0.5,
                                  1.5,
                                  -2.5,
                                  1e-200,
                                  -1e-200,
                                  1e-5,
                                  88.8,
                                  709.7,
                                  709.79,
                                  711,
                                  -100,
                                  -746,
                                  1e10,
                                  -1e10,
                                  9007199254740991,
                                  1e300,
                                  -1e300,
                                  DBL_MAX,
                                  DBL_MIN,
                                  -DBL_MIN,
                                  1e-310,
                                  INFINITY,
                                  -INFINITY,
                                  NAN};
enum { SPECIALS = sizeof specials / sizeof specials[0] };

static int
is_angle(enum math_function function)
{
    return function == MATH_sin || function == MATH_cos || function == MATH_tan;
}

static int
as_promised(enum math_function function, double a, double got, double want, int digits,
            int least)
{
    if (isnan(want) || isnan(got))
        return isnan(want) && isnan(got);
    if (isinf(want) || isinf(got))
        return got == want;
    if (function != MATH_mod && fabs(a) >= ldexp(1, least) &&
        signbit(got) != signbit(want))
        return 0;
    return ulps(got, (long double)want, digits, least) <= 4;
}

/* Where the kernel's comments promise less than C does; and without FMA, the product
 * that a remainder is the rest of may overflow. */
static int
is_excepted(enum math_function function, double a, double b)
{
    return (is_angle(function) && fabs(a) >= 0x1p45 && !isinf(a)) ||
           (function == MATH_cbrt && (a < DBL_MIN || signbit(a))) ||
           (function == MATH_exprel && a > 88.7 && a < 800) ||
           (function == MATH_mod && isfinite(b) && b != 0 &&
            (fabs(a / b) >= 0x1p53 || fabs(a) > 1e308));
}

static truth_function *
truth_of(enum math_function function)
{
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (ranges[i].function == function)
            return ranges[i].truth;
    return NULL;
}

static void
check_special(const struct math_loops *loops, enum math_function function, double a,
              double b)
{
    const struct math_loop *loop = &loops->loop[function];
    double got;
    float got_single, a_single = (float)a, b_single = (float)b;
    loop->wide(&a, &b, &got, 1);
    loop->narrow(&a_single, &b_single, &got_single, 1);
    const double want = (double)truth_of(function)(a, b);
    if (!is_excepted(function, a, b) &&
        !as_promised(function, a, got, want, DBL_MANT_DIG, DBL_MIN_EXP)) {
        fprintf(stderr, "%s(%g, %g) is %.17g, expected %.17g\n", loop->name, a, b, got,
                want);
        CU_FAIL("a special value");
    }
    const float want_single =
        (float)truth_of(function)((long double)a_single, (long double)b_single);
    if (!is_excepted(function, (double)a_single, (double)b_single) &&
        !as_promised(function, (double)a_single, (double)got_single,
                     (double)want_single, FLT_MANT_DIG, FLT_MIN_EXP)) {
        fprintf(stderr, "%sf(%g, %g) is %.9g, expected %.9g\n", loop->name,
                (double)a_single, (double)b_single, (double)got_single,
                (double)want_single);
        CU_FAIL("a special value in single");
    }
}

static void
check_specials(const struct math_loops *loops)
{
    for (int function = 0; function < MATH_FUNCTIONS; function++)
        for (int i = 0; i < SPECIALS; i++)
            for (int j = 0; j < (function >= MATH_pow ? SPECIALS : 1); j++)
                check_special(loops, (enum math_function)function, specials[i],
                              specials[j]);
}

static void
test_special_values(void)
{
    check_specials(&math_loops_baseline);
    check_specials(BH_ISA_PICK(math_loops));
}

/* Where the processor flushes, functions near 0 must not fall into the hole. */
static void
test_flushed(void)
{
    const struct math_loops *loops = BH_ISA_PICK(math_loops);
    const float a = 2 * FLT_MIN;
    float got[5];
    const unsigned before = bh_denormal_flush();
    loops->loop[MATH_exprel].narrow(&a, &a, &got[0], 1);
    loops->loop[MATH_expm1].narrow(&a, &a, &got[1], 1);
    loops->loop[MATH_tanh].narrow(&a, &a, &got[2], 1);
    loops->loop[MATH_sinh].narrow(&a, &a, &got[3], 1);
    loops->loop[MATH_log].narrow(&a, &a, &got[4], 1);
    bh_denormal_restore(before);
    CHECK(got[0] == 1);
    for (int i = 1; i < 4; i++)
        CHECK(got[i] == a);
    CHECK_NEAR((double)got[4], log((double)a), 1e-5);
}

static double
one(enum math_function function, double a, double b)
{
    double out;
    BH_ISA_PICK(math_loops)->loop[function].wide(&a, &b, &out, 1);
    return out;
}

/* Results that are numbers of the type come out exactly. */
static void
test_exact_values(void)
{
    CHECK(one(MATH_exp, 0, 0) == 1);
    CHECK(one(MATH_cos, 0, 0) == 1);
    CHECK(one(MATH_log, 1, 0) == 0);
    CHECK(one(MATH_log10, 1, 0) == 0);
    CHECK(one(MATH_mod, 5.5, 2) == 1.5);
    CHECK(one(MATH_mod, -5.5, 2) == 0.5);
    CHECK(one(MATH_mod, 5.5, -2) == -0.5);
    CHECK(one(MATH_mod, 3 * 0.1, 0.1) < 0.1);
    for (int n = 0; n <= 22; n++)
        CHECK(one(MATH_pow, 10, n) ==
              strtod((char[]){'1', 'e', (char)('0' + n / 10), (char)('0' + n % 10), 0},
                     NULL));
    for (int n = -40; n <= 40; n++) {
        CHECK(one(MATH_pow, n, 3) == n * n * n);
        CHECK(one(MATH_pow, 2, n) == ldexp(1, n));
        CHECK(one(MATH_pow, n * n, 0.5) == abs(n));
    }
}

static int
same(const void *a, const void *b, size_t size, int both_nan)
{
    return both_nan || memcmp(a, b, size) == 0;
}

static void
check_same(enum math_function function, const struct math_loops *x,
           const struct math_loops *y, int step)
{
    static double a[SAMPLES], b[SAMPLES], first[SAMPLES], second[SAMPLES];
    static float fa[SAMPLES], fb[SAMPLES], ffirst[SAMPLES], fsecond[SAMPLES];
    uint64_t state = 3;
    int differ = 0;
    for (int i = 0; i < SAMPLES; i++) {
        const uint64_t bits = next_bits(&state), more = next_bits(&state);
        const uint32_t half = (uint32_t)bits;
        memcpy(&a[i], &bits, sizeof bits); /* any number at all, */
        memcpy(&b[i], &more, sizeof more);
        memcpy(&fa[i], &half, sizeof half);
        if (i & 1) /* or a sensible one */
            a[i] = sample(&state, i % 3, -700, 700), fa[i] = (float)a[i] / 8;
        if (i & 2)
            b[i] = sample(&state, i % 3, -10, 10);
        fb[i] = (float)b[i];
    }
    x->loop[function].wide(a, b, first, SAMPLES);
    x->loop[function].narrow(fa, fb, ffirst, SAMPLES);
    for (int i = 0; i < SAMPLES; i += step) {
        y->loop[function].wide(a + i, b + i, second + i, step);
        y->loop[function].narrow(fa + i, fb + i, fsecond + i, step);
    }
    for (int i = 0; i < SAMPLES; i++)
        differ += !same(&first[i], &second[i], sizeof *first,
                        isnan(first[i]) && isnan(second[i])) +
                  !same(&ffirst[i], &fsecond[i], sizeof *ffirst,
                        isnan(ffirst[i]) && isnan(fsecond[i]));
    if (differ)
        fprintf(stderr, "%s: %d results differ\n", x->loop[function].name, differ);
    CHECK(differ == 0);
}

/* A loop gives the bits that one call gives, and each level with FMA those of the
 * other. */
static void
test_same_bits(void)
{
    for (int i = 0; i < MATH_FUNCTIONS; i++) {
        const enum math_function function = (enum math_function)i;
        check_same(function, &math_loops_baseline, &math_loops_baseline, 1);
#if defined(__x86_64__)
        if (bh_cpu() >= BH_CPU_AVX2)
            check_same(function, &math_loops_avx2, &math_loops_avx2, 1);
        if (bh_cpu() == BH_CPU_AVX512) {
            check_same(function, &math_loops_avx512, &math_loops_avx512, 1);
            check_same(function, &math_loops_avx2, &math_loops_avx512, SAMPLES);
        }
#endif
    }
}

TEST_MAIN("core/math", {"accuracy without FMA", test_accuracy_baseline},
          {"accuracy of the machine's level", test_accuracy_vector},
          {"special values", test_special_values},
          {"tiny values where they are flushed", test_flushed},
          {"exact values", test_exact_values}, {"same bits", test_same_bits})
