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

#include <stdbool.h>
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
    bool changing;       ///< bh_linear_set may change stages while sound flows
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

/// A stage of one channel as it is now, in the transposed direct form II:
///     y = b[0] x + z[0],  z[k] = b[k + 1] x - a[k + 1] y + z[k + 1].
/// What is beyond its order is 0.
typedef struct bh_linear_stage {
    double b[BH_LINEAR_ORDER_MAX + 1], a[BH_LINEAR_ORDER_MAX + 1];
    double z[BH_LINEAR_ORDER_MAX]; ///< the memory of past sound
} bh_linear_stage;

/// Reads a stage; repeated chains go on counting their stages. a[0] is 1. Fails where
/// the bank was not made by bh_linear_new, or has no such channel or stage.
BH_API BH_NODISCARD BH_REALTIME bh_status bh_linear_get(const bh_filterbank *fb,
                                                        size_t channel, size_t stage,
                                                        bh_linear_stage *out,
                                                        bh_diag *diag);

/// Changes a stage from the next frame on: filt_b, filt_a and filt_state of
/// brian2hears. For the controls of a graph (filterbank/graph.h), or between blocks.
///
/// The bank must have been made as `changing`, whose reset brings the first
/// coefficients back. b and a are divided by a[0], which must not be 0; everything must
/// be finite. What is beyond the order of the bank is not used.
BH_API BH_NODISCARD BH_REALTIME bh_status bh_linear_set(bh_filterbank *fb,
                                                        size_t channel, size_t stage,
                                                        const bh_linear_stage *to,
                                                        bh_diag *diag);

BH_END_DECLS

#endif
