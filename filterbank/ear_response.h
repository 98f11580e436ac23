/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_EAR_RESPONSE_H
#define BH_FILTERBANK_EAR_RESPONSE_H

/* Outer and middle ears whose gain was measured at some frequencies, as filters with
 * that gain. */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"

#include <stdbool.h>
#include <stddef.h>

BH_BEGIN_DECLS

/// What was measured, and between what.
typedef enum bh_ear_table {
    /// Velocity of the human stapes, m/s for each Pa at the eardrum: Goode, Killion,
    /// Nakamura and Nishihara (1994), Am. J.
    /// Otol. 15:145, Fig. 1, at 104 dB SPL, continued as Lopez-Poveda and Meddis
    /// (2001), JASA 110:3107, Fig. 2, do below 400 Hz and above 6.5 kHz. As in their
    /// program, 20 uPa of pressure are the velocity at 0 dB SPL.
    BH_EAR_LOPEZ_POVEDA,
    /// The same from the impedance of the stapes, scaled as the program of Jepsen,
    /// Ewert
    /// and Dau (2008), JASA 124:422, does it: to a largest gain of 10^-8 10^(104/20).
    BH_EAR_JEPSEN,
    /// From a headphone (HD 250) to the eardrum: Pralong and Carlile (1996), JASA
    /// 100:3785, Fig. 1e.
    BH_EAR_PRALONG,
    /// The equal-loudness contour of 100 phons, upside down: Glasberg and Moore (1990),
    /// Hear. Res. 47:103, as OutMidCrct of the gammachirp filterbanks of Irino has it.
    BH_EAR_ELC,
    /// The minimum audible field, upside down; the same source.
    BH_EAR_MAF,
    /// The minimum audible pressure (headphones), upside down; the same source.
    BH_EAR_MAP,
    /// The human middle ear: Puria, Peake and Rosowski (1997), JASA 101:2754; the same
    /// source.
    BH_EAR_PURIA,
    BH_EAR_TABLES
} bh_ear_table;

typedef struct bh_ear_response_params {
    bh_ear_table table;
    size_t taps;       ///< of the filter; 0: the least power of two that is 85 ms
    bool linear_phase; ///< late by half the filter; else minimum phase
} bh_ear_response_params;

/// Lopez-Poveda and Meddis, 85 ms, minimum phase.
BH_API bh_ear_response_params bh_ear_response_params_default(void);

/// The gain at a frequency in Hz: between those of the table a straight line in dB over
/// the logarithm of frequency. Beyond them it stays as it is, but velocities fall with
/// the frequency below them, and that of Lopez-Poveda by a factor of 1.1 each kHz above
/// 10 kHz. Not a number where there is no such table or frequency.
BH_API double bh_ear_response_gain(bh_ear_table table, double frequency_hz);

/// A filter with this gain, for so many channels, usually 1; bh_filterbank_cf is not a
/// number. From 60 Hz on it is within 0.1 dB of the table at the frequencies of the
/// table with minimum phase and the default length, but for the last two of a table;
/// shorter filters blur what is steep at low frequencies. Above 32 kHz ELC, MAF, MAP
/// and Puria go on to -130, -130, -180 and -23 dB at half the sample rate, as in their
/// source. Computed as filterbank/fir.h says.
///
/// Minimum phase is from the real cepstrum: Oppenheim and Schafer (2010), Discrete-Time
/// Signal Processing, section 13.6. `params` NULL means the defaults.
BH_API BH_NODISCARD bh_status bh_ear_response_new(double samplerate_hz, size_t channels,
                                                  const bh_ear_response_params *params,
                                                  bh_precision precision,
                                                  bh_filterbank **out, bh_diag *diag);

BH_END_DECLS

#endif
