/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_LINEAR_CHIRP_H
#define BH_FILTERBANK_LINEAR_CHIRP_H

/* Filters whose impulse response is a linear sweep, envelope times cos(2 pi (f t + c /
 * 2 t^2) + phase), as fitted to the nucleus laminaris of the barn owl by Wagner et al.,
 * J. Neurophysiol. 102 (2009): LinearGammachirp and LinearGaborchirp of brian2hears.
 * The phase counts from t = 0, which lies some time constants after the beginning: the
 * filters delay the sound. They are computed as filterbank/fir.h says. */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"

#include <stddef.h>

BH_BEGIN_DECLS

typedef struct bh_linear_chirp_params {
    double time_constant_s; ///< of the envelope; there is no default: must be above 0
    double c;               ///< sweep in Hz/s: the frequency at t is f + c t
    double phase;           ///< of the carrier at t = 0, in radians
    /// One for each channel instead, or NULL.
    const double *time_constant_channel_s, *c_channel, *phase_channel;
    size_t delay; ///< more samples by which the output is late: bh_fir_params
} bh_linear_chirp_params;

/// A bank of `channels` filters with envelope (t - t0)^3 exp(-(t - t0) / time
/// constant), t from t0 = -3 to 12 of the bank's longest time constants, that is so
/// long a delay; scaled so that the absolute values of each response have sum 1.
///
/// `f_hz` (copied) are the frequencies at t = 0, above 0 and below half of
/// `samplerate_hz`. A message names the channel where something is wrong.
BH_API BH_NODISCARD bh_status
bh_linear_gammachirp_new(double samplerate_hz, const double *f_hz, size_t channels,
                         const bh_linear_chirp_params *params, bh_precision precision,
                         bh_filterbank **out, bh_diag *diag);

/// The same with envelope exp(-(t / (2 time constant))^2), t from -6 to 6 of the
/// longest time constants, and each response scaled to unit energy: its squares have
/// sum 1.
BH_API BH_NODISCARD bh_status
bh_linear_gaborchirp_new(double samplerate_hz, const double *f_hz, size_t channels,
                         const bh_linear_chirp_params *params, bh_precision precision,
                         bh_filterbank **out, bh_diag *diag);

BH_END_DECLS

#endif
