/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_DRNL_H
#define BH_FILTERBANK_DRNL_H

/* The dual-resonance nonlinear filter (DRNL): velocity of a place on the basilar
 * membrane from the velocity of the stapes. Human: Lopez-Poveda and Meddis, "A human
 * nonlinear cochlear filterbank", JASA 110 (2001) 3107-3118, the regression of table
 * III. Guinea pig: Sumner, O'Mard, Lopez-Poveda and Meddis, "A nonlinear filter-bank
 * model of the guinea-pig cochlear nerve: rate responses", JASA 113 (2003) 3264-3274,
 * table I. Both tables as AMT and DSAM have them; the papers themselves were not seen.
 *
 * Two paths hear the stapes and are added. The linear one is a cascade of first-order
 * gammatone filters, a gain, and low-pass filters. The nonlinear one is gammatones, the
 * broken stick y = sign(x) min(a |x|, b |x|^c), the same gammatones again, and low-pass
 * filters. So at cf the output grows by 1 dB for each dB at low levels, by c dB (0.25
 * human, 0.1 guinea pig) at middle ones, and by 1 again where the linear path wins. */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"

#include <stddef.h>

BH_BEGIN_DECLS

typedef enum bh_drnl_species { BH_DRNL_HUMAN, BH_DRNL_GUINEA_PIG } bh_drnl_species;

typedef enum bh_drnl_lowpass {
    BH_DRNL_BUTTERWORTH, ///< of second order, as the papers say
    BH_DRNL_FIRST_ORDER, ///< y += k (x - y), k = 2 pi fc / samplerate: brian2hears
} bh_drnl_lowpass;

/// How a parameter depends on the place: 10^(p0 + m log10(cf / Hz)).
typedef struct bh_drnl_law {
    double p0, m;
} bh_drnl_law;

typedef struct bh_drnl_params {
    double stapes_scale; ///< m/s of the stapes for each Pa (or what the input is)
    bh_drnl_lowpass lowpass;
    size_t linear_order;        ///< gammatones of the linear path, 1 to 4
    size_t nonlinear_order;     ///< before and again after the broken stick, 1 to 4
    size_t linear_lowpasses;    ///< in a row, 0 to 4
    size_t nonlinear_lowpasses; ///< 0 to 4
    bh_drnl_law linear_cf, linear_bandwidth, linear_cutoff; ///< Hz
    bh_drnl_law linear_gain;
    bh_drnl_law nonlinear_cf, nonlinear_bandwidth, nonlinear_cutoff; ///< Hz
    bh_drnl_law a, b, c; ///< of the broken stick, for velocities in m/s
} bh_drnl_params;

/// The published models. Human: p0 and m in full (g 4.20405 - 0.47909 log10 cf), two
/// gammatones in the linear path (AMT; DSAM and brian2hears have three), 4 and 3
/// low-pass filters. Guinea pig: cf and cutoff of the linear path 0.339 + 0.895 log10
/// cf, three gammatones, 4 and 4 low-pass filters. 1.4e-4 m/s for each Pa.
BH_API bh_drnl_params bh_drnl_params_default(bh_drnl_species species);

/// The numbers of brian2hears, mistakes included: rounded to three digits, the slope of
/// the human linear gain +0.48 for -0.48, the slope of the guinea pig's linear cf and
/// cutoff 0.339 (their p0) for 0.895, low-pass filters of first order, three gammatones
/// in each cascade, 4 and 3 low-pass filters.
BH_API bh_drnl_params bh_drnl_params_brian2hears(bh_drnl_species species);

/// What a law gives at a place.
BH_API double bh_drnl_law_at(bh_drnl_law law, double cf_hz);

/// A bank for sound pressure in Pa, after the outer and middle ear if they matter; what
/// comes out is velocity in m/s. `params` NULL means the human default.
///
/// Where cf is near half the sample rate a resonance or cutoff may not fit below it
/// (or, of first order, below samplerate / pi, where that filter becomes unstable): a
/// message then names the parameter, the channel and the range. Single precision stays
/// within 1e-5 of the largest output of a channel.
BH_API BH_NODISCARD bh_status bh_drnl_new(double samplerate_hz, const double *cf_hz,
                                          size_t channels, const bh_drnl_params *params,
                                          bh_precision precision, bh_filterbank **out,
                                          bh_diag *diag);

BH_END_DECLS

#endif
