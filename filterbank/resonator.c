/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/resonator_kernel.h"

#include <complex.h>
#include <math.h>

static const double pi = 3.14159265358979323846;

/* With c = 2 samplerate and u = 1/z the transform is (m0 + m1 u + m2 u^2) / ((1 - q u)
 * (1 - q* u)), q = (c + p) / (c - p). Beyond m0 the numerator is u times a combination
 * of 1 - Re q u and u, the numerators of Re s and Im s / Im q. */
struct bh_resonator
bh_resonator_bilinear(double samplerate_hz, double re, double im,
                      const double numerator[3])
{
    const double c = 2 * samplerate_hz;
    const double complex p = re + im * I, q = (c + p) / (c - p);
    const double scale = 1 / (creal(c - p) * creal(c - p) + im * im);
    const double n0 = numerator[0], n1 = numerator[1] * c, n2 = numerator[2] * c * c;
    const double m0 = (n2 + n1 + n0) * scale, m1 = 2 * (n0 - n2) * scale;
    const double m2 = (n2 - n1 + n0) * scale;
    const double q_re = creal(q), size2 = q_re * q_re + cimag(q) * cimag(q);
    const double re_part = m1 + 2 * q_re * m0;
    return (struct bh_resonator){{
        [RESONATOR_NEAR_RE] = creal(2 * p / (c - p)),
        [RESONATOR_MINUS_IM2] = -cimag(q) * cimag(q),
        [RESONATOR_DIRECT] = m0,
        [RESONATOR_RE_PART] = re_part,
        [RESONATOR_IM_PART] = m2 - size2 * m0 + re_part * q_re,
    }};
}

double
bh_resonator_gammatone(double samplerate_hz, double cf_hz, double bandwidth_hz,
                       bh_resonator_form form, struct bh_resonator *out)
{
    const double angle = 2 * pi * cf_hz / samplerate_hz, half = sin(angle / 2);
    const double fall = -expm1(-2 * pi * bandwidth_hz / samplerate_hz);
    const double near_re = -(fall + 2 * (1 - fall) * half * half);
    const double im = (1 - fall) * sin(angle);
    double re = 1 + near_re;
    /* The gain of the pole as it is rounded halves the error. */
    if (form == BH_RESONATOR_SINGLE)
        re = (float)re;
    out->coeffs[RESONATOR_NEAR_RE] = form == BH_RESONATOR_DELTA ? near_re : re;
    out->coeffs[RESONATOR_MINUS_IM2] = -im * im;
    const double complex u = cexp(-I * angle), p = re + im * I;
    return cabs((1 - p * u) * (1 - conj(p) * u) / (1 - re * u));
}

bh_resonator_form
bh_resonator_form_for(bh_precision precision, double samplerate_hz, double bandwidth_hz)
{
    if (precision == BH_DOUBLE)
        return BH_RESONATOR_PLAIN;
    return 2 * pi * bandwidth_hz / samplerate_hz < RESONATOR_DELTA_BELOW
               ? BH_RESONATOR_DELTA
               : BH_RESONATOR_SINGLE;
}
