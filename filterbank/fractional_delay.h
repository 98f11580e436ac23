/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_FRACTIONAL_DELAY_H
#define BH_FILTERBANK_FRACTIONAL_DELAY_H

/* Delays that need not be a whole number of samples, as filters: a sinc under a Hamming
 * window (Laakso et al., IEEE Signal Process. Mag. 13 (1996)), which is FractionalDelay
 * of brian2hears. */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// A bank of `channels` delays. Channel ch comes `delay_s[ch]`, which may be negative,
/// plus `length / 2` (rounded down) samples after the input. Whole numbers of samples
/// are exact but for rounding; the others lose what lies within about samplerate_hz /
/// length of half the rate. At the default length a tone from 100 Hz to 20 kHz at 44.1
/// kHz is right within 1.4e-4.
///
/// `length` is that of the filters in samples and must be more than twice the longest
/// delay; 0 is the greater of 2048 and 2.5 times that delay. Computed as
/// filterbank/fir.h says.
BH_API BH_NODISCARD bh_status bh_fractional_delay_new(
    double samplerate_hz, const double *delay_s, size_t channels, size_t length,
    bh_precision precision, bh_filterbank **out, bh_diag *diag);

/// The length that 0 stands for.
BH_API size_t bh_fractional_delay_length(double samplerate_hz, const double *delay_s,
                                         size_t channels);

BH_END_DECLS

#endif
