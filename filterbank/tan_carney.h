/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_TAN_CARNEY_H
#define BH_FILTERBANK_TAN_CARNEY_H

/* The auditory periphery of Tan and Carney, "A phenomenological model for the responses
 * of auditory-nerve fibers. II. Nonlinear tuning with a frequency glide", JASA 114
 * (2003) 2007-2020, from the middle ear to the potential of the inner hair cell, with
 * the numbers of brian2hears, which follow the authors' program.
 *
 * The signal path is a filter with 20 poles and 10 zeros. A control path, a wider band
 * pass of third order, two compressive nonlinearities and a low-pass filter, moves the
 * signal path's poles away from the imaginary axis as sound grows, and through another
 * low-pass filter its own. Then follow the transduction of the hair cell and seven
 * low-pass filters of 3800 Hz. */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"

#include <stddef.h>

BH_BEGIN_DECLS

typedef struct bh_tan_carney_params {
    double control_cutoff_hz;  ///< low-pass filter of the control path
    double feedback_cutoff_hz; ///< the same behind it, for the control path itself
    double average_control;    ///< what the control path yields at 80 dB SPL
    size_t update_interval;    ///< samples from one change of the filters to the next
} bh_tan_carney_params;

/// 800 Hz, 500 Hz, 0.3357, every sample.
BH_API bh_tan_carney_params bh_tan_carney_params_default(void);

/// A bank for what the middle ear says, in Pa (bh_middle_ear_new); what comes out is
/// the potential of the inner hair cell, in the paper's units. `params` NULL means the
/// defaults.
///
/// As in brian2hears the control path has a pole at half the sample rate, beside zeros
/// that keep it quiet while the filters stand still; a second of noise at 110 dB SPL
/// leaves 0.15 % of an effect behind that only bh_filterbank_reset takes away. Its
/// arrangement matters by some percent at 60 dB SPL and above, so it stays.
///
/// Made for 50 kHz, and for cf from 100 Hz up. The filters are computed in double in
/// either precision, the blocks alone are single. Filters that change at sample n have
/// heard the control path up to sample n - 1; changes come every update_interval
/// samples from the first on (in brian2hears also where its buffer of 32 samples ends).
BH_API BH_NODISCARD bh_status bh_tan_carney_new(double samplerate_hz,
                                                const double *cf_hz, size_t channels,
                                                const bh_tan_carney_params *params,
                                                bh_precision precision,
                                                bh_filterbank **out, bh_diag *diag);

BH_END_DECLS

#endif
