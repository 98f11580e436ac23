/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_LOWPASS_H
#define BH_FILTERBANK_LOWPASS_H

/* The leaky integrator y[n] = y[n-1] + 2 pi fc / samplerate (x[n] - y[n-1]): the first-
 * order low pass of cochlear models (Meddis' MAP, LowPass of brian2hears). It is the
 * forward Euler form of the analogue filter, with its -3 dB point near fc where fc is
 * far below the sample rate; bh_butterworth_new of order 1 is exact at fc. */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// A bank of `channels` chains of `repeats` equal low passes, cutoffs `cutoff_hz`
/// (copied). `repeats` is at least 1; brian2hears' Cascade(LowPass, n) is n. Gain 1 at
/// 0 Hz.
///
/// Every cutoff must be above 0 and below samplerate_hz / pi, where the Euler form
/// becomes unstable. Single precision: see filterbank/linear.h.
BH_API BH_NODISCARD bh_status bh_lowpass_new(double samplerate_hz,
                                             const double *cutoff_hz, size_t channels,
                                             size_t repeats, bh_precision precision,
                                             bh_filterbank **out, bh_diag *diag);

BH_END_DECLS

#endif
