/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_LINEAR_H
#define BH_FILTERBANK_LINEAR_H

/* Any linear filter with recursion: in each channel a chain of stages, each
 *
 *     a0 y[n] = b0 x[n] + ... + bm x[n-m] - a1 y[n-1] - ... - am y[n-m]
 *
 * computed in transposed direct form II (Oppenheim and Schafer, Discrete-Time Signal
 * Processing, 3rd ed. 2010, section 6.3), as LinearFilterbank of brian2hears and
 * lfilter of SciPy do.
 *
 * What is between a filter's input and output is computed in double in both precisions.
 * In single precision the direct form is wrong by 0.2 % of the largest output for a
 * gammatone of biquads at 100 Hz and 44.1 kHz, by 0.5 % for a Butterworth low pass of
 * order 4 at 500 Hz in one stage, and a band pass of order 4 there runs away (white
 * noise). So BH_SINGLE saves memory rather than time, and is right to 1e-7. */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// The highest order of a stage. Stages of order 2 are the most accurate and fastest;
/// the error of a stage grows with about the power of its order.
#define BH_LINEAR_ORDER_MAX 10

/// What a linear bank is made of; all arrays are borrowed.
typedef struct bh_linear_params {
    const double *b, *a; ///< shape [channels][order + 1][stages]; every a0 not 0
    size_t order;        ///< m above, at most BH_LINEAR_ORDER_MAX
    size_t stages;       ///< in the order in which sound passes them
    size_t repeats;      ///< how often the chain follows itself; 0 is 1
    const double *cf_hz; ///< for bh_filterbank_cf; NULL: not a number
} bh_linear_params;

/// A bank of `channels` chains of filters with coefficients of their own.
///
/// Whether a filter is stable is not asked: one that is not grows without end. Fails
/// where a coefficient is not finite or an a0 is 0; the message names channel and
/// stage.
BH_API BH_NODISCARD bh_status bh_linear_new(double samplerate_hz, size_t channels,
                                            const bh_linear_params *params,
                                            bh_precision precision, bh_filterbank **out,
                                            bh_diag *diag);

BH_END_DECLS

#endif
