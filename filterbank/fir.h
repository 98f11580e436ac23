/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_FIR_H
#define BH_FILTERBANK_FIR_H

/* Filters with a finite impulse response of any kind: y[n] = sum h[k] x[n - k], which
 * is FIRFilterbank of brian2hears, without its latency: every block is answered in
 * full.
 *
 * Short responses are summed as written, all channels of a vector at once. Of responses
 * of 300 samples and more only the first 128 are, and the rest goes by spectra in parts
 * of growing size (FFTW3), where the input has one channel: many times as fast. Who can
 * wait gives a delay, and all goes by spectra, in parts as long as the delay: fastest
 * from about the length of the response on. Everything is in double in both
 * precisions. */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"

#include <stdbool.h>
#include <stddef.h>

BH_BEGIN_DECLS

/// What the bank is made of; all arrays are borrowed.
typedef struct bh_fir_params {
    const double *taps;  ///< h, shape [channels][length], or [length] where `same`
    size_t length;       ///< at least 1; shorter responses end in zeros
    bool same;           ///< all channels have the same response
    size_t delay;        ///< samples by which what comes out is late
    const double *cf_hz; ///< for bh_filterbank_cf; NULL: not a number
    /// Measures which transforms are fastest here, which takes a second or more once
    /// and is kept between runs; results then differ from machine to machine and from
    /// one measurement to the next, in their last bits. Otherwise FFTW's estimate is
    /// taken, always the same on a kind of processor.
    bool measured;
} bh_fir_params;

/// A bank of `channels` filters. Fails where a tap is not finite; the message names it.
BH_API BH_NODISCARD bh_status bh_fir_new(double samplerate_hz, size_t channels,
                                         const bh_fir_params *params,
                                         bh_precision precision, bh_filterbank **out,
                                         bh_diag *diag);

BH_END_DECLS

#endif
