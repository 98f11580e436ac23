/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_RESONATOR_KERNEL_H
#define BH_FILTERBANK_RESONATOR_KERNEL_H

/* A second-order filter with the complex pole pair p, p* in coupled form,
 *     s[n] = p s[n-1] + x[n],
 *     y[n] = direct x[n] + re_part Re s[n-1] + im_part Im s[n-1] / Im p,
 * which has any numerator of second degree and stays exact in single precision where a
 * biquad does not (see gammatone.h). Its fields lie together in a row (rows_ops.h). */

#include "core/block.h"

/* Single precision takes the delta form, s = s + ((p - 1) s + x), where the envelope
 * falls by less than this in one sample (a gammatone below 270 Hz at 44.1 kHz). The
 * plain form is wrong by up to 5e-8 / fall of the largest output (white noise, 8 to 192
 * kHz), because the pole is rounded to 2^-25 and what counts is 1 - radius; the delta
 * form by up to 3.5e-6 at any frequency. */
#define RESONATOR_DELTA_BELOW 0.008

/* A cascade of equal resonators, y = gain Re s: the pole in the first two fields. */
enum { CASCADE_GAIN = 2, CASCADE_FIELDS };

enum {
    RESONATOR_NEAR_RE,   /* Re p - 1, or in a cascade without delta Re p */
    RESONATOR_MINUS_IM2, /* -(Im p)^2 */
    RESONATOR_DIRECT,
    RESONATOR_RE_PART,
    RESONATOR_IM_PART,
    RESONATOR_COEFFS
};

struct bh_resonator {
    double coeffs[RESONATOR_COEFFS];
};

/// The bilinear transform, s = 2 samplerate (1 - 1/z) / (1 + 1/z), of
/// (n2 s^2 + n1 s + n0) / ((s - p) (s - p*)) with the pole p = `re` + i `im` in 1/s and
/// `im` not 0.
struct bh_resonator bh_resonator_bilinear(double samplerate_hz, double re, double im,
                                          const double numerator[3]);

/// How the poles of a cascade are kept.
typedef enum bh_resonator_form {
    BH_RESONATOR_PLAIN,  ///< double
    BH_RESONATOR_SINGLE, ///< plain, in single precision
    BH_RESONATOR_DELTA   ///< as 1 - p
} bh_resonator_form;

/// The form for filters of `bandwidth_hz`; a row takes that of its narrowest.
bh_resonator_form bh_resonator_form_for(bh_precision precision, double samplerate_hz,
                                        double bandwidth_hz);

/// One first-order gammatone filter, gain 1 at `cf_hz`: y = gain Re s with the pole
/// p = exp((-2 pi bandwidth + 2 pi i cf) / samplerate). Fills only the first two
/// coefficients; returns the gain.
double bh_resonator_gammatone(double samplerate_hz, double cf_hz, double bandwidth_hz,
                              bh_resonator_form form, struct bh_resonator *out);

#endif
