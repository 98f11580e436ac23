/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_MATH_KERNEL_H
#define BH_CORE_MATH_KERNEL_H

/* Elementary functions that compilers turn into vector code, in single (f) and double.
 * The library and the code it generates include this same text, so that both compute
 * the same bits. No branches, no tables, and no library function that a compiler cannot
 * inline. core/math_coefficients.py makes the polynomials; tests/core/test_math.c
 * states the largest error of each function.
 *
 * All of them: NaN gives NaN, infinities and zeros give what C's functions give (with
 * their signs), what is too large is infinity. Results below the smallest normal number
 * may be 0, and such arguments count as 0 where the processor is told so. Compile with
 * -ffp-contract=off -fno-math-errno -fno-trapping-math. */

#ifndef __CUDACC_RTC__
#include <math.h>
#include <stdint.h>
#include <string.h>
#endif

#ifdef __CUDACC__
#define BH_MATH static __host__ __device__ __forceinline__
#else
/* A loop with a call left in it would be no vector code. */
#define BH_MATH static inline __attribute__((always_inline))
#endif
#define BH_MAGIC  6755399441055744.0 /* 1.5 * 2^52: adding it rounds to an integer, */
#define BH_MAGICF 12582912.0f        /* 1.5 * 2^23, which the low bits then hold */

/* A machine without fused multiply-add rounds twice: its results differ from all others
 * in the last place (docs/decisions/0002-random.md). */
BH_MATH float
bh_fmaf(float a, float b, float c)
{
#if defined(__CUDACC__)
    return fmaf(a, b, c);
#elif defined(__FMA__) || defined(__aarch64__)
    return __builtin_fmaf(a, b, c);
#else
    return a * b + c;
#endif
}

BH_MATH double
bh_fma(double a, double b, double c)
{
#if defined(__CUDACC__)
    return fma(a, b, c);
#elif defined(__FMA__) || defined(__aarch64__)
    return __builtin_fma(a, b, c);
#else
    return a * b + c;
#endif
}

BH_MATH uint32_t
bh_bitsf(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

BH_MATH uint64_t
bh_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

BH_MATH float
bh_from_bitsf(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

BH_MATH double
bh_from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* What is missing from product, a * b rounded (Dekker 1971 where there is no FMA). */
BH_MATH double
bh_product_rest(double a, double b, double product)
{
#if defined(__FMA__) || defined(__aarch64__) || defined(__CUDACC__)
    return bh_fma(a, b, -product);
#else
    const double a1 = bh_from_bits(bh_bits(a) & ~(uint64_t)0x7ffffff), a2 = a - a1;
    const double b1 = bh_from_bits(bh_bits(b) & ~(uint64_t)0x7ffffff), b2 = b - b1;
    return ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2;
#endif
}

/* c - a * b with the product in full. */
BH_MATH double
bh_minus(double c, double a, double b)
{
#if defined(__FMA__) || defined(__aarch64__) || defined(__CUDACC__)
    return bh_fma(-a, b, c);
#else
    return (c - a * b) - bh_product_rest(a, b, a * b);
#endif
}

/* Three steps of Horner's scheme. */
BH_MATH float
bh_stepsf(float p, float x, float a, float b, float c)
{
    return bh_fmaf(bh_fmaf(bh_fmaf(p, x, a), x, b), x, c);
}

BH_MATH double
bh_steps(double p, double x, double a, double b, double c)
{
    return bh_fma(bh_fma(bh_fma(p, x, a), x, b), x, c);
}

/* Cube root of x >= 0 (0 -> 0, inf -> inf, NaN -> NaN), within 1 unit in the last
 * place (single without FMA: 1.1). A guess at x^(-1/3) from the exponent bits, a step
 * of fourth order y += y e (1/3
 * + 2/9 e + 14/81 e^2) with e = 1 - x y^3 (double: Newton steps), then one of first
 * order on the root x y^2 itself; no division. Smaller than the smallest normal number
 * is as good as 0. */
BH_MATH float
bh_cbrtf(float x)
{
    const uint32_t bits = bh_bitsf(x);
    const float guess = bh_fmaf((float)(int32_t)bits, -1.0f / 3.0f, 1419910400.0f);
    float y = bh_from_bitsf((uint32_t)(int32_t)guess);
    const float xy = x * y, e = bh_fmaf(-xy, y * y, 1.0f), ye = y * e;
    y = bh_fmaf(ye, bh_fmaf(e, bh_fmaf(e, 14.0f / 81.0f, 2.0f / 9.0f), 1.0f / 3.0f), y);
    const float root = x * (y * y), rest = bh_fmaf(-root, y, 1.0f);
    const float better = bh_fmaf(root * (2.0f / 3.0f), rest, root);
    /* normal and finite, by one comparison */
    return bits - 0x00800000u < 0x7f000000u ? better : x;
}

BH_MATH double
bh_cbrt(double x)
{
    /* The high word decides; a 32-bit conversion is a vector instruction everywhere. */
    int32_t high = (int32_t)(bh_bits(x) >> 32);
    high = 0x553ef0ff - (int32_t)((double)high * (1.0 / 3.0));
    double y = bh_from_bits((uint64_t)(uint32_t)high << 32);
    const double third = x * (1.0 / 3.0);
    for (int step = 0; step < 3; step++)
        y = y * bh_fma(-third * y, y * y, 4.0 / 3.0);
    double root = x * y * y;
    root = bh_fma(bh_fma(-root * root, root, x), y * y * (1.0 / 3.0), root);
    root = x < 2.2250738585072014e-308 ? 0.0 : root;
    return x < INFINITY ? root : x;
}

/* x = k ln2 + r, |r| <= ln2/2: gives e^r - 1; the low bits of *t are k. */
BH_MATH float
bh_exp_restf(float x, float *t)
{
    *t = bh_fmaf(x, 1.44269504f, BH_MAGICF);
    const float k = *t - BH_MAGICF;
    const float r = bh_fmaf(k, -1.42860677e-06f, bh_fmaf(k, -0.693145752f, x));
    float p =
        bh_stepsf(0.000199620947f, r, 0.00139432086f, 0.00833322015f, 0.0416663252f);
    p = bh_fmaf(bh_fmaf(p, r, 0.166666672f), r, 0.5f);
    return bh_fmaf(r * r, p, r);
}

/* P(r) of e^r = 1 + r + r^2 P(r). */
BH_MATH double
bh_exp_poly(double r)
{
    double p = bh_steps(2.5161348547292503e-08, r, 2.762823035373266e-07,
                        2.7557116937299977e-06, 2.4801499753374746e-05);
    p = bh_steps(p, r, 0.00019841269986890805, 0.001388888893617853,
                 0.00833333333329323);
    return bh_steps(p, r, 0.04166666666656242, 0.16666666666666696, 0.5000000000000007);
}

BH_MATH double
bh_exp_rest(double x, double *t)
{
    *t = bh_fma(x, 1.4426950408889634, BH_MAGIC);
    const double k = *t - BH_MAGIC;
    const double high = bh_fma(k, -0.6931471806019545, x);
    const double r = bh_fma(k, 4.2009150726810846e-11, high);
    return bh_fma(r * r, bh_exp_poly(r), r);
}

BH_MATH float
bh_expf(float x)
{
    float t;
    const float p = 1.0f + bh_exp_restf(x, &t);
    float y = bh_from_bitsf(bh_bitsf(p) + (bh_bitsf(t) << 23));
    y = x < -87.3365402f ? 0.0f : y;
    y = x > 88.7228394f ? INFINITY : y;
    return x != x ? x : y;
}

BH_MATH double
bh_exp(double x)
{
    double t;
    const double p = 1.0 + bh_exp_rest(x, &t);
    double y = bh_from_bits(bh_bits(p) + (bh_bits(t) << 52));
    y = x < -708.3964185322641 ? 0.0 : y;
    y = x > 709.782712893384 ? INFINITY : y;
    return x != x ? x : y;
}

/* (e^x - 1) / 4 for -40 <= x < 710.5 (single 89.5): a quarter does not overflow. It may
 * become a subnormal number or 0, so tiny x go past it. */
BH_MATH float
bh_quarterf(float x)
{
    float t;
    const float e = bh_exp_restf(x, &t);
    const float power = bh_from_bitsf(bh_bitsf(0.25f) + (bh_bitsf(t) << 23));
    return bh_fmaf(power, e, power - 0.25f);
}

BH_MATH double
bh_quarter(double x)
{
    double t;
    const double e = bh_exp_rest(x, &t);
    const double power = bh_from_bits(bh_bits(0.25) + (bh_bits(t) << 52));
    return bh_fma(power, e, power - 0.25);
}

BH_MATH float
bh_expm1f(float x)
{
    const float y = 4.0f * bh_quarterf(x < -40.0f ? -40.0f : x);
    return x > 88.7228394f ? INFINITY : fabsf(x) < 1e-30f ? x : y;
}

BH_MATH double
bh_expm1(double x)
{
    const double y = 4.0 * bh_quarter(x < -40.0 ? -40.0 : x);
    return x > 709.782712893384 ? INFINITY : fabs(x) < 1e-300 ? x : y;
}

/* (e^x - 1) / x, and 1 at 0; infinity from where e^x is. */
BH_MATH float
bh_exprelf(float x)
{
    const float y = bh_expm1f(x) / x;
    return x == 0.0f ? 1.0f : x > 88.7228394f ? INFINITY : y;
}

BH_MATH double
bh_exprel(double x)
{
    const double y = bh_expm1(x) / x;
    return x == 0.0 ? 1.0 : x > 709.782712893384 ? INFINITY : y;
}

BH_MATH float
bh_sinhf(float x)
{
    const float a = fabsf(x), q = 2.0f * bh_quarterf(a);
    const float y = q + q / bh_fmaf(2.0f, q, 1.0f);
    return a < 1e-30f ? x : copysignf(a > 89.4159851f ? INFINITY : y, x);
}

BH_MATH double
bh_sinh(double x)
{
    const double a = fabs(x), q = 2.0 * bh_quarter(a);
    const double y = q + q / bh_fma(2.0, q, 1.0);
    return a < 1e-300 ? x : copysign(a > 710.4758600739439 ? INFINITY : y, x);
}

BH_MATH float
bh_coshf(float x)
{
    const float a = fabsf(x), q = bh_quarterf(a) + 0.25f;
    return a > 89.4159851f ? INFINITY : bh_fmaf(2.0f, q, 0.125f / q);
}

BH_MATH double
bh_cosh(double x)
{
    const double a = fabs(x), q = bh_quarter(a) + 0.25;
    return a > 710.4758600739439 ? INFINITY : bh_fma(2.0, q, 0.125 / q);
}

BH_MATH float
bh_tanhf(float x)
{
    const float a = 2.0f * fabsf(x), q = 2.0f * bh_quarterf(a > 44.0f ? 44.0f : a);
    return a < 1e-30f ? x : copysignf(q / (q + 1.0f), x);
}

BH_MATH double
bh_tanh(double x)
{
    const double a = 2.0 * fabs(x), q = 2.0 * bh_quarter(a > 44.0 ? 44.0 : a);
    return a < 1e-300 ? x : copysign(q / (q + 1.0), x);
}

/* 0 < x = 2^k (1 + f), |f| < 0.42: gives d, where log(1 + f) = f - d. */
BH_MATH float
bh_log_restf(float x, float *k, float *f)
{
    const float scaled = x < 1.17549435e-38f ? x * 16777216.0f : x;
    const uint32_t bits = bh_bitsf(scaled) + 0x004afb0d; /* to sqrt(1/2) from 1 */
    *k = (float)(int32_t)(bits >> 23) - (x < 1.17549435e-38f ? 151.0f : 127.0f);
    *f = bh_from_bitsf((bits & 0x007fffff) + 0x3f3504f3) - 1.0f;
    float p = bh_stepsf(0.067466177f, *f, -0.116756424f, 0.118881673f, -0.124055907f);
    p = bh_stepsf(p, *f, 0.142195523f, -0.166679963f, 0.200021192f);
    p = bh_fmaf(bh_fmaf(p, *f, -0.250000089f), *f, 0.333333135f);
    return *f * *f * bh_fmaf(-*f, p, 0.5f);
}

BH_MATH double
bh_log_split(double x, double *k)
{
    const double scaled = x < 2.2250738585072014e-308 ? x * 18014398509481984.0 : x;
    const uint64_t bits = bh_bits(scaled) + 0x00095f619980c433;
    /* 2^52 + exponent, as no 64-bit integers are converted before AVX-512. */
    *k = bh_from_bits((bits >> 52) | 0x4330000000000000) -
         (x < 2.2250738585072014e-308 ? 4503599627371573.0 : 4503599627371519.0);
    return bh_from_bits((bits & 0x000fffffffffffff) + 0x3fe6a09e667f3bcd);
}

BH_MATH double
bh_log_rest(double x, double *k, double *f)
{
    *f = bh_log_split(x, k) - 1.0;
    const double s = *f / (2.0 + *f), z = s * s, half = 0.5 * *f * *f;
    double p = bh_steps(0.1479610944974783, z, 0.15314035419643782, 0.18183564883625303,
                        0.2222219856314315);
    p = bh_steps(p, z, 0.285714287424784, 0.39999999999414304, 0.6666666666666734);
    return half - s * bh_fma(z, p, half);
}

/* y where x is positive and finite, and what a logarithm is elsewhere. */
BH_MATH float
bh_log_edgesf(float x, float y)
{
    y = x == 0.0f ? -INFINITY : y;
    y = x < 0.0f ? NAN : y;
    return x < INFINITY ? y : x;
}

BH_MATH double
bh_log_edges(double x, double y)
{
    y = x == 0.0 ? -INFINITY : y;
    y = x < 0.0 ? NAN : y;
    return x < INFINITY ? y : x;
}

BH_MATH float
bh_logf(float x)
{
    float k, f;
    const float d = bh_log_restf(x, &k, &f);
    const float low = bh_fmaf(k, -1.42860677e-06f, d);
    return bh_log_edgesf(x, bh_fmaf(k, 0.693145752f, f - low));
}

BH_MATH double
bh_log(double x)
{
    double k, f;
    const double d = bh_log_rest(x, &k, &f);
    const double low = bh_fma(k, 4.2009150726810846e-11, d);
    return bh_log_edges(x, bh_fma(k, 0.6931471806019545, f - low));
}

BH_MATH float
bh_log10f(float x)
{
    float k, f;
    const float d = bh_log_restf(x, &k, &f);
    const float low = bh_fmaf(k, 4.60503898e-06f, (f - d) * 0.434294492f);
    return bh_log_edgesf(x, bh_fmaf(k, 0.301025391f, low));
}

BH_MATH double
bh_log10(double x)
{
    double k, f;
    const double d = bh_log_rest(x, &k, &f);
    const double low = bh_fma(k, -1.9043128467164274e-12, (f - d) * 0.4342944819032518);
    return bh_log_edges(x, bh_fma(k, 0.3010299956658855, low));
}

/* log(u) + c/u, where u + c is 1 + x without rounding. */
BH_MATH float
bh_log1pf(float x)
{
    const float u = 1.0f + x, back = u - 1.0f, c = (1.0f - (u - back)) + (x - back);
    float k, f;
    const float d = bh_log_restf(u, &k, &f);
    const float low = bh_fmaf(k, -1.42860677e-06f, d) - c / u;
    return copysignf(bh_log_edgesf(u, bh_fmaf(k, 0.693145752f, f - low)), x);
}

BH_MATH double
bh_log1p(double x)
{
    const double u = 1.0 + x, back = u - 1.0, c = (1.0 - (u - back)) + (x - back);
    double k, f;
    const double d = bh_log_rest(u, &k, &f);
    const double low = bh_fma(k, 4.2009150726810846e-11, d) - c / u;
    return copysign(bh_log_edges(u, bh_fma(k, 0.6931471806019545, f - low)), x);
}

/* log(x), 0 < x < inf, as result + *low with 64 bits: 2 s (1 + z/3 + z^2 P(z)). */
BH_MATH double
bh_log_double(double x, double *low)
{
    double k;
    const double m = bh_log_split(x, &k), f = m - 1.0, t = m + 1.0;
    const double rounded = m - (t - 1.0);
    const double inverse = 1.0 / t, s = f * inverse;
    const double s_low = (bh_minus(f, s, t) - s * rounded) * inverse;
    const double z = s * s, z_low = bh_fma(2.0 * s, s_low, bh_product_rest(s, s, z));
    double p = bh_steps(0.06598182474587189, z, 0.06628406845473978,
                        0.07693378756713404, 0.09090892181475406);
    p = bh_steps(p, z, 0.11111111259986836, 0.14285714285049633, 0.20000000000001128);
    const double third = 0.3333333333333333, w = z * third;
    double w_low = bh_fma(z, 1.850371707708594e-17, bh_product_rest(z, third, w));
    w_low = bh_fma(z * z, p, bh_fma(z_low, third, w_low));
    const double sw = s * w;
    double rest = bh_fma(s_low, w, s_low) + bh_product_rest(s, w, sw);
    rest = 2.0 * bh_fma(s, w_low, rest);
    const double first = k * 0.6931471806019545, second = bh_fma(2.0, s, first);
    const double third_sum = bh_fma(2.0, sw, second);
    rest += (2.0 * s - (second - first)) + (2.0 * sw - (third_sum - second));
    rest = bh_fma(k, -4.2009150726810846e-11, rest);
    const double high = third_sum + rest;
    *low = rest - (high - third_sum);
    return high;
}

/* What x^y is, where |x|^y is `size`: signs, NaN, and 1. */
BH_MATH double
bh_pow_edges(double x, double y, double size)
{
    const double a = fabs(y), half = 0.5 * a;
    size = half - floor(half) == 0.5 ? copysign(size, x) : size;
    size = ((x < 0.0) & (x > -INFINITY) & (a - floor(a) > 0.0)) ? NAN : size;
    size = ((x != x) | (y != y)) ? NAN : size;
    return ((x == 1.0) | (y == 0.0)) ? 1.0 : size;
}

/* As C's pow, in each of its special cases. */
BH_MATH double
bh_pow(double x, double y)
{
    const double a = fabs(x), most = 73786976294838206464.0; /* 2^66 */
    const double bounded = y > most ? most : y < -most ? -most : y;
    double log_low, high = bh_log_double(a, &log_low);
    high = bh_log_edges(a, high);
    const double e = bounded * high;
    const double e_low = bh_fma(bounded, log_low, bh_product_rest(bounded, high, e));
    /* e^(e + e_low), with a sum 1 + r + ... whose only rounding is the last. */
    const double t = bh_fma(e, 1.4426950408889634, BH_MAGIC), k = t - BH_MAGIC;
    const double r1 = bh_fma(k, -0.6931471806019545, e);
    const double r2 = bh_fma(k, 4.2009150726810846e-11, e_low);
    const double r = r1 + r2, r_low = r2 - (r - r1), one = 1.0 + r;
    const double tail = bh_fma(r * r, bh_exp_poly(r), bh_fma(r_low, r, r_low));
    const double p = one + ((r - (one - 1.0)) + tail);
    double size = bh_from_bits(bh_bits(p) + (bh_bits(t) << 52));
    size = e < -708.3964185322641 ? 0.0 : size;
    size = e > 709.782712893384 ? INFINITY : size;
    return bh_pow_edges(x, y, size);
}

BH_MATH float
bh_powf(float x, float y)
{
    const double most = 1e30, wide = y, a = fabs((double)x);
    const double bounded = wide > most ? most : wide < -most ? -most : wide;
    return (float)bh_pow_edges(x, y, bh_exp(bounded * bh_log(a)));
}

#endif
