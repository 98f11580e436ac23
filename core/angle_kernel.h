/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_ANGLE_KERNEL_H
#define BH_CORE_ANGLE_KERNEL_H

/* Functions of angles, their inverses, and the remainder: the second part of
 * core/math_kernel.h, under the same rules. Generated code includes both texts. */

#ifndef BH_CORE_MATH_KERNEL_H
#include "core/math_kernel.h"
#endif

/* x - h pi for |h| < 2^45, as if the product were exact. */
BH_MATH double
bh_minus_pi(double x, double h)
{
    const double r =
        bh_minus(bh_minus(x, h, 3.141592653589793), h, 1.2246467991473532e-16);
    return bh_fma(h, 2.9947698097183397e-33, r);
}

/* x = k pi/2 + r, |r| <= pi/4: gives sin r and cos r; the low bits of the result are k.
 * From |x| = 2^45 on, where neighbours lie so far apart that an angle means little,
 * both are NaN. */
BH_MATH uint32_t
bh_turnf(float angle, float *sine, float *cosine)
{
    const double x = angle, t = bh_fma(x, 0.6366197723675814, BH_MAGIC);
    const double rest = bh_minus_pi(x, 0.5 * (t - BH_MAGIC));
    const float r = fabs(x) < 35184372088832.0 ? (float)rest : NAN, z = r * r;
    float p = bh_fmaf(bh_fmaf(-0.000195152505f, z, 0.0083321603f), z, -0.166666552f);
    *sine = copysignf(bh_fmaf(z * r, p, r), r);
    p = bh_fmaf(bh_fmaf(2.44331204e-05f, z, -0.00138873165f), z, 0.0416666456f);
    *cosine = bh_fmaf(z * z, p, bh_fmaf(-0.5f, z, 1.0f));
    return (uint32_t)bh_bits(t);
}

BH_MATH uint64_t
bh_turn(double x, double *sine, double *cosine)
{
    const double t = bh_fma(x, 0.6366197723675814, BH_MAGIC);
    const double rest = bh_minus_pi(x, 0.5 * (t - BH_MAGIC));
    const double r = fabs(x) < 35184372088832.0 ? rest : NAN, z = r * r;
    double p = bh_steps(1.5896214138638537e-10, z, -2.5050747495827252e-08,
                        2.7557313619745058e-06, -0.00019841269829585018);
    p = bh_fma(bh_fma(p, z, 0.008333333333322113), z, -0.1666666666666663);
    *sine = copysign(bh_fma(z * r, p, r), r);
    p = bh_steps(-1.1358525236798387e-11, z, 2.087570062880713e-09,
                 -2.7557314177764463e-07, 2.4801587288846527e-05);
    p = bh_fma(bh_fma(p, z, -0.001388888888887305), z, 0.041666666666666595);
    *cosine = bh_fma(z * z, p, bh_fma(-0.5, z, 1.0));
    return bh_bits(t);
}

BH_MATH float
bh_sinf(float x)
{
    float s, c;
    const uint32_t k = bh_turnf(x, &s, &c);
    return bh_from_bitsf(bh_bitsf(k & 1 ? c : s) ^ (k & 2) << 30);
}

BH_MATH double
bh_sin(double x)
{
    double s, c;
    const uint64_t k = bh_turn(x, &s, &c);
    return bh_from_bits(bh_bits(k & 1 ? c : s) ^ (k & 2) << 62);
}

BH_MATH float
bh_cosf(float x)
{
    float s, c;
    const uint32_t k = bh_turnf(x, &s, &c);
    return bh_from_bitsf(bh_bitsf(k & 1 ? s : c) ^ ((k + 1) & 2) << 30);
}

BH_MATH double
bh_cos(double x)
{
    double s, c;
    const uint64_t k = bh_turn(x, &s, &c);
    return bh_from_bits(bh_bits(k & 1 ? s : c) ^ ((k + 1) & 2) << 62);
}

BH_MATH double
bh_tan(double x)
{
    double s, c;
    const uint64_t k = bh_turn(x, &s, &c);
    return (k & 1 ? -c : s) / (k & 1 ? s : c);
}

/* |x| = tan(n pi/4 + angle), n = 0, 1, 2, |t| = |tan(angle)| <= sqrt(2) - 1. */
BH_MATH double
bh_atan(double x)
{
    const double a = fabs(x);
    const int big = a > 2.414213562373095, small = a < 0.41421356237309503;
    const double top = big ? -1.0 : small ? a : a - 1.0;
    const double bottom = big ? a : small ? 1.0 : a + 1.0;
    const double start = big ? 1.5707963267948966 : small ? 0.0 : 0.7853981633974483;
    const double t = top / bottom, z = t * t;
    double p = bh_steps(-0.017903506028203023, z, 0.038060763536711874,
                        -0.050391372455096506, 0.058478477037050024);
    p = bh_steps(p, z, -0.06663097647785246, 0.07692059583757122, -0.09090897717932346);
    p = bh_steps(p, z, 0.11111110781907912, -0.14285714280161785, 0.19999999999953202);
    p = bh_fma(p, z, -0.333333333333332);
    const double low = start * 3.8981718325193755e-17; /* pi's second part / pi */
    return copysign(start + (t + bh_fma(z * t, p, low)), x);
}

BH_MATH double
bh_asin(double x)
{
    return bh_atan(x / sqrt((1.0 - x) * (1.0 + x)));
}

BH_MATH double
bh_acos(double x)
{
    return 2.0 * bh_atan(sqrt((1.0 - x) / (1.0 + x)));
}

BH_MATH float
bh_tanf(float x)
{
    return (float)bh_tan(x);
}

BH_MATH float
bh_atanf(float x)
{
    return (float)bh_atan(x);
}

BH_MATH float
bh_asinf(float x)
{
    return (float)bh_asin(x);
}

BH_MATH float
bh_acosf(float x)
{
    return (float)bh_acos(x);
}

/* Remainder with the sign of the divisor, as in Python: exact while |a / b| < 2^53;
 * beyond, where the neighbours of a lie more than b apart, it is 0. */
BH_MATH double
bh_mod(double a, double b)
{
    const double q = floor(a / b), r = bh_minus(a, q, b);
    /* A quotient just below an integer may have been rounded to it. */
    double y = (b > 0.0 ? r < 0.0 : r > 0.0) ? r + b : r;
    y = fabs(q) < 9007199254740992.0 ? y : 0.0 * y;
    const double far = (a < 0.0) == (b < 0.0) ? a : b;
    const int whole = (fabs(b) == INFINITY) & (fabs(a) < INFINITY);
    return whole ? (a == 0.0 ? a : far) : y;
}

BH_MATH float
bh_modf(float a, float b)
{
    return (float)bh_mod(a, b);
}

#endif
