/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_BOUNDED_KERNEL_H
#define BH_FILTERBANK_BOUNDED_KERNEL_H

/* Elementary functions for models whose arguments are known to be ordinary: the
 * polynomials of core/math_kernel.h without what those do about infinities, NaN and
 * subnormal numbers, which is half of their work. For other arguments the result is any
 * number, but the exponentials stay finite and above 0. */

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
    double t;
    x = x > -700.0 ? x : -700.0;
    x = x < 700.0 ? x : 700.0;
    const double p = 1.0 + bh_exp_rest(x, &t);
    return bh_from_bits(bh_bits(p) + (bh_bits(t) << 52));
}

/* Logarithm of a normal number above 0; of 0 it is any number below -87 (-700). */
BH_MATH float
bh_normal_logf(float x)
{
    float k, f;
    const float d = bh_log_restf(x, &k, &f);
    return bh_fmaf(k, 0.693147182f, f - d);
}

BH_MATH double
bh_normal_log(double x)
{
    double k, f;
    const double d = bh_log_rest(x, &k, &f);
    const double low = bh_fma(k, 4.2009150726810846e-11, d);
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
