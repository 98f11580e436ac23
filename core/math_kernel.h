/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_MATH_KERNEL_H
#define BH_CORE_MATH_KERNEL_H

/* Elementary functions that compilers turn into vector code, in single (f) and double.
 * The library and the code it generates include this same text, so that both compute
 * the same bits. It uses no library function that a compiler cannot inline. */

#include <math.h>
#include <stdint.h>
#include <string.h>

/* A machine without fused multiply-add rounds twice: its results differ from all others
 * in the last place (docs/decisions/0002-random.md). */
static inline float
bh_fmaf(float a, float b, float c)
{
#if defined(__FMA__) || defined(__aarch64__)
    return __builtin_fmaf(a, b, c);
#else
    return a * b + c;
#endif
}

static inline double
bh_fma(double a, double b, double c)
{
#if defined(__FMA__) || defined(__aarch64__)
    return __builtin_fma(a, b, c);
#else
    return a * b + c;
#endif
}

/* Cube root of x >= 0 (0 -> 0, inf -> inf, NaN -> NaN), within 1 unit in the last
 * place. A guess at x^(-1/3) from the exponent bits, Newton steps y += y (1 - x y^3) /
 * 3 (no division), then one step on x y^2 itself. Smaller than the smallest normal
 * number is taken as 0. */
static inline float
bh_cbrtf(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = 0x54a21d2a - (int32_t)((float)bits * (1.0f / 3.0f));
    float y;
    memcpy(&y, &bits, sizeof y);
    const float third = x * (1.0f / 3.0f);
    y = y * bh_fmaf(-third * y, y * y, 4.0f / 3.0f);
    y = y * bh_fmaf(-third * y, y * y, 4.0f / 3.0f);
    float root = x * y * y;
    root = bh_fmaf(bh_fmaf(-root * root, root, x), y * y * (1.0f / 3.0f), root);
    root = x < 1.17549435e-38f ? 0.0f : root;
    return x <= 3.4e38f ? root : x;
}

static inline double
bh_cbrt(double x)
{
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    /* The high word decides; a 32-bit conversion is a vector instruction everywhere. */
    int32_t high = (int32_t)(bits >> 32);
    high = 0x553ef0ff - (int32_t)((double)high * (1.0 / 3.0));
    bits = (int64_t)((uint64_t)(uint32_t)high << 32);
    double y;
    memcpy(&y, &bits, sizeof y);
    const double third = x * (1.0 / 3.0);
    for (int step = 0; step < 3; step++)
        y = y * bh_fma(-third * y, y * y, 4.0 / 3.0);
    double root = x * y * y;
    root = bh_fma(bh_fma(-root * root, root, x), y * y * (1.0 / 3.0), root);
    root = x < 2.2250738585072014e-308 ? 0.0 : root;
    return x <= 1.7e308 ? root : x;
}

/* e^x in single: 2^k e^r with |r| <= ln2/2, Taylor to the 7th power (error below 1 unit
 * in the last place); below -87.3 it is 0, above 88.7 infinity. */
static inline float
bh_expf(float x)
{
    const float scaled = x * 1.44269504f;
    const float magic = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
    const float k = (scaled + magic) - magic;
    float r = bh_fmaf(k, -0.693359375f, x);
    r = bh_fmaf(k, 2.12194440e-4f, r);
    float p = 1.0f / 5040;
    p = bh_fmaf(p, r, 1.0f / 720);
    p = bh_fmaf(p, r, 1.0f / 120);
    p = bh_fmaf(p, r, 1.0f / 24);
    p = bh_fmaf(p, r, 1.0f / 6);
    p = bh_fmaf(p, r, 0.5f);
    p = bh_fmaf(p, r, 1.0f);
    p = bh_fmaf(p, r, 1.0f);
    const float bounded = k > -126.0f ? (k < 127.0f ? k : 127.0f) : -126.0f;
    const uint32_t bits = (uint32_t)((int32_t)bounded + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    float y = p * power;
    y = x < -87.3f ? 0.0f : y;
    y = x > 88.7f ? INFINITY : y;
    return x != x ? x : y;
}

static inline double
bh_exp(double x)
{
    return exp(x);
}

/* (e^x - 1) / x, and 1 at 0. */
static inline float
bh_exprelf(float x)
{
    return x == 0.0f ? 1.0f : expm1f(x) / x;
}

static inline double
bh_exprel(double x)
{
    return x == 0.0 ? 1.0 : expm1(x) / x;
}

/* Remainder with the sign of the divisor, as in Python. */
static inline float
bh_modf(float a, float b)
{
    const float r = fmodf(a, b);
    return r != 0.0f && (r < 0.0f) != (b < 0.0f) ? r + b : r;
}

static inline double
bh_mod(double a, double b)
{
    const double r = fmod(a, b);
    return r != 0.0 && (r < 0.0) != (b < 0.0) ? r + b : r;
}

#endif
