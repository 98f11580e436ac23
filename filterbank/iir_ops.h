/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_IIR_OPS_H
#define BH_FILTERBANK_IIR_OPS_H

/* What the parts of the design of recursive filters share. */

#include "filterbank/iir.h"

#include <complex.h>

/// An analogue low pass whose edge is 1 rad/s, gain `dc` at 0.
struct bh_iir_prototype {
    size_t pairs;
    double complex
        pole[BH_IIR_ORDER_MAX / 2]; ///< and its conjugate; least damped first
    double
        zero[BH_IIR_ORDER_MAX / 2]; ///< of each pair, at +- i times this; or INFINITY
    double real_pole;               ///< of odd orders; 0: none
    double dc;
};

/// The prototype of a filter that was checked.
struct bh_iir_prototype bh_iir_prototype_of(const bh_iir_filter *filter);

/// The complete elliptic integral of the first kind of modulus k, of which 1 - k^2 is
/// `complement` (given, because it is lost where k is near 1).
double bh_iir_complete_integral(double complement);

#endif
