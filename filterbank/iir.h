/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_IIR_H
#define BH_FILTERBANK_IIR_H

/* The classical recursive filters: Butterworth, Chebyshev, elliptic and Bessel, by
 * bilinear transform of an analogue low pass (Oppenheim and Schafer, Discrete-Time
 * Signal Processing, 3rd ed. 2010, chapter 7 and appendix B; elliptic: Orfanidis,
 * Lecture notes on elliptic filter design, 2006). Orders and edges mean what they mean
 * in SciPy, and so in Butterworth and IIRFilterbank of brian2hears.
 *
 * Filters are made as second-order sections, never as the one polynomial that
 * brian2hears filters with: that is wrong by 1e-6 of the largest output for an elliptic
 * band from 200 to 500 Hz at 44.1 kHz (here 7e-13), by 1e-3 for a Butterworth band of
 * order 4 there, and from 20 to 50 Hz it is unstable. Channels may differ in
 * everything.
 */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// The highest order of a filter.
#define BH_IIR_ORDER_MAX 20

typedef enum bh_iir_family {
    BH_IIR_BUTTERWORTH, ///< no ripple
    BH_IIR_CHEBYSHEV1,  ///< ripple below the edge
    BH_IIR_CHEBYSHEV2,  ///< ripple above the edge
    BH_IIR_ELLIPTIC,    ///< ripple on both sides, the steepest
    BH_IIR_BESSEL       ///< nearly the same delay for all frequencies
} bh_iir_family;

typedef enum bh_iir_band {
    BH_IIR_LOWPASS,
    BH_IIR_HIGHPASS,
    BH_IIR_BANDPASS,
    BH_IIR_BANDSTOP
} bh_iir_band;

/// One filter by its order.
typedef struct bh_iir_filter {
    bh_iir_family family;
    bh_iir_band band;
    size_t
        order; ///< 1 to BH_IIR_ORDER_MAX; bands of two edges have twice as many poles
    /// Where the filter passes from pass to stop; low and high pass have the first
    /// only. The gain there is -3.01 dB (Butterworth), -ripple_db (Chebyshev 1,
    /// elliptic) or -attenuation_db (Chebyshev 2); a Bessel filter has half of its
    /// phase there.
    double edge_hz[2];
    double ripple_db;      ///< greatest loss in the pass band: Chebyshev 1, elliptic
    double attenuation_db; ///< least loss in the stop band: Chebyshev 2, elliptic
} bh_iir_filter;

/// One filter by what it must do. Low and high pass have only the first of two edges.
typedef struct bh_iir_spec {
    bh_iir_family family;
    bh_iir_band band;
    double pass_hz[2]; ///< loses at most `ripple_db` there
    double stop_hz[2]; ///< loses at least `attenuation_db` there
    double ripple_db, attenuation_db;
} bh_iir_spec;

/// A bank of `channels` filters, one of `filters` each. `bh_filterbank_cf` gives the
/// edge, or the geometric mean of the two.
///
/// Fails, naming the channel, unless 0 < edges < samplerate_hz / 2, the first of two
/// below the second, the order is in range and the losses in use are above 0, the
/// ripple less than the attenuation. Single precision: see filterbank/linear.h.
BH_API BH_NODISCARD bh_status bh_iir_new(double samplerate_hz, size_t channels,
                                         const bh_iir_filter *filters,
                                         bh_precision precision, bh_filterbank **out,
                                         bh_diag *diag);

/// As bh_iir_new, with one order and band for all of a Butterworth bank. `edge_hz` has
/// shape [channels] for low and high pass, [2][channels] for bands: the lower edges,
/// then the upper ones.
BH_API BH_NODISCARD bh_status bh_butterworth_new(double samplerate_hz, size_t channels,
                                                 size_t order, bh_iir_band band,
                                                 const double *edge_hz,
                                                 bh_precision precision,
                                                 bh_filterbank **out, bh_diag *diag);

/// The filter of least order that does what `spec` says, as iirdesign of SciPy finds
/// it; then it loses exactly `ripple_db` at the edge of the pass band. Not for Bessel
/// filters, which have no such order.
BH_API BH_NODISCARD bh_status bh_iir_least_order(double samplerate_hz,
                                                 const bh_iir_spec *spec,
                                                 bh_iir_filter *filter, bh_diag *diag);

/// One second-order section: y[n] = b0 x[n] + b1 x[n-1] + b2 x[n-2] - a1 y[n-1] - a2
/// y[n-2].
typedef struct bh_iir_section {
    double b[3], a[3]; ///< a0 is 1
} bh_iir_section;

/// Writes the sections of a filter, poles far from the unit circle first, and their
/// number, at most BH_IIR_ORDER_MAX.
BH_API BH_NODISCARD bh_status bh_iir_design(double samplerate_hz,
                                            const bh_iir_filter *filter,
                                            bh_iir_section *sections, size_t *count,
                                            bh_diag *diag);

/// A bank of `channels` chains of sections, shape [channels][stages]: the
/// `output='sos'` of SciPy, one for each channel. Every a0 must be 1. `cf_hz` may be
/// NULL.
BH_API BH_NODISCARD bh_status bh_iir_sections_new(double samplerate_hz, size_t channels,
                                                  const bh_iir_section *sections,
                                                  size_t stages, const double *cf_hz,
                                                  bh_precision precision,
                                                  bh_filterbank **out, bh_diag *diag);

BH_END_DECLS

#endif
