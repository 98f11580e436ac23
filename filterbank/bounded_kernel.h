/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_BOUNDED_KERNEL_H
#define BH_FILTERBANK_BOUNDED_KERNEL_H

/* Elementary functions for models whose arguments are known to be ordinary: the
 * polynomials of core/math_kernel.h without what those do about infinities, NaN and
 * subnormal numbers, which is half of their work, and in double with Estrin's scheme in
 * place of Horner's, which halves the way from argument to result. For other arguments
 * the result is any number, but the exponentials stay finite and above 0. */

#include "core/angle_kernel.h"

/* e^x; x is taken to be within +-700 (single: +-87). */
BH_MATH float
bh_bounded_expf(float x)
{
    float t;
    x = x > -87.0f ? x : -87.0f;
    x = x < 87.0f ? x : 87.0f;
    const float p = 1.0f + bh_exp_restf(x, &t);
    return bh_from_bitsf(bh_bitsf(p) + (bh_bitsf(t) << 23));
}

BH_MATH double
bh_bounded_exp(double x)
{
    x = x > -700.0 ? x : -700.0;
    x = x < 700.0 ? x : 700.0;
    const double t = bh_fma(x, 1.4426950408889634, BH_MAGIC), k = t - BH_MAGIC;
    const double high = bh_fma(k, -0.6931471806019545, x);
    const double r = bh_fma(k, 4.2009150726810846e-11, high), r2 = r * r, r4 = r2 * r2;
    const double p0 = bh_fma(r, 0.16666666666666696, 0.5000000000000007);
    const double p1 = bh_fma(r, 0.00833333333329323, 0.04166666666656242);
    const double p2 = bh_fma(r, 0.00019841269986890805, 0.001388888893617853);
    const double p3 = bh_fma(r, 2.7557116937299977e-06, 2.4801499753374746e-05);
    const double p4 = bh_fma(r, 2.5161348547292503e-08, 2.762823035373266e-07);
    const double high_part = bh_fma(r4, p4, bh_fma(r2, p3, p2));
    const double p = bh_fma(r4, high_part, bh_fma(r2, p1, p0));
    const double y = 1.0 + bh_fma(r2, p, r);
    return bh_from_bits(bh_bits(y) + (bh_bits(t) << 52));
}

/* Logarithm of a normal number above 0; of 0 it is any number below -87 (-700). */
BH_MATH float
bh_normal_logf(float x)
{
    const uint32_t bits = bh_bitsf(x) + 0x004afb0d; /* to sqrt(1/2) from 1 */
    const float k = (float)(int32_t)(bits >> 23) - 127.0f;
    const float f = bh_from_bitsf((bits & 0x007fffff) + 0x3f3504f3) - 1.0f;
    float p = bh_stepsf(0.067466177f, f, -0.116756424f, 0.118881673f, -0.124055907f);
    p = bh_stepsf(p, f, 0.142195523f, -0.166679963f, 0.200021192f);
    p = bh_fmaf(bh_fmaf(p, f, -0.250000089f), f, 0.333333135f);
    const float rest = f * f * bh_fmaf(-f, p, 0.5f);
    return bh_fmaf(k, 0.693147182f, f - rest);
}

BH_MATH double
bh_normal_log(double x)
{
    double k;
    const double f = bh_log_split(x, &k) - 1.0, s = f / (2.0 + f);
    const double z = s * s, z2 = z * z, half = 0.5 * f * f;
    const double p0 = bh_fma(z, 0.39999999999414304, 0.6666666666666734);
    const double p1 = bh_fma(z, 0.2222219856314315, 0.285714287424784);
    const double p2 = bh_fma(z, 0.15314035419643782, 0.18183564883625303);
    const double high = bh_fma(z2, bh_fma(z2, 0.1479610944974783, p2), p1);
    const double p = bh_fma(z2, high, p0);
    const double rest = half - s * bh_fma(z, p, half);
    const double low = bh_fma(k, 4.2009150726810846e-11, rest);
    return bh_fma(k, 0.6931471806019545, f - low);
}

/* log(1 + x) of x >= 0. What 1 + x loses matters while the logarithm is small. */
BH_MATH double
bh_bounded_log1p(double x)
{
    const double u = 1.0 + x, c = x - (u - 1.0);
    return bh_normal_log(u) + (x < 1.0 ? c : 0.0);
}

/* sin and cos of |x| < 10^6, within 1e-15. */
BH_MATH void
bh_bounded_turn(double x, double *sine, double *cosine)
{
    const double t = bh_fma(x, 0.6366197723675814, BH_MAGIC), k = t - BH_MAGIC;
    double r = bh_fma(k, -1.5707963267948966, x);
    r = bh_fma(k, -6.123233995736766e-17, r);
    const double z = r * r;
    double p = bh_steps(1.5896214138638537e-10, z, -2.5050747495827252e-08,
                        2.7557313619745058e-06, -0.00019841269829585018);
    p = bh_fma(bh_fma(p, z, 0.008333333333322113), z, -0.1666666666666663);
    const double s = bh_fma(z * r, p, r);
    p = bh_steps(-1.1358525236798387e-11, z, 2.087570062880713e-09,
                 -2.7557314177764463e-07, 2.4801587288846527e-05);
    p = bh_fma(bh_fma(p, z, -0.001388888888887305), z, 0.041666666666666595);
    const double c = bh_fma(z * z, p, bh_fma(-0.5, z, 1.0));
    const uint64_t quarter = bh_bits(t);
    const double one = quarter & 1 ? c : s, other = quarter & 1 ? s : c;
    *sine = bh_from_bits(bh_bits(one) ^ (quarter & 2) << 62);
    *cosine = bh_from_bits(bh_bits(other) ^ ((quarter + 1) & 2) << 62);
}

#endif
