/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_MIDDLE_EAR_H
#define BH_FILTERBANK_MIDDLE_EAR_H

/* The middle ear of Tan and Carney, "A phenomenological model for the responses of
 * auditory-nerve fibers. II. Nonlinear tuning with a frequency glide", JASA 114 (2003)
 * 2007-2020: a linear filter with two pole pairs, 2 pi (-250 +- 400 i) and
 * 2 pi (-2000 +- 6000 i) rad/s, and one double zero; gain 1 at 1 kHz before the
 * bilinear transform.
 *
 * Where the zero lies is a question. brian2hears has it at -200 rad/s, though its poles
 * are in Hz times 2 pi. To match the authors' C program it asks for a gain of
 * 0.962512703689, and that is, to all its digits, |H| at 1 kHz with the zero at -200
 * rad/s over |H| with the zero at -200 Hz (-2 pi 200 rad/s). So the C program filters
 * with the one and normalises for the other: its own arithmetic takes 200 as Hz. Here
 * it is 200 Hz, which loses 14 dB at 100 Hz and 9.5 dB at 200 Hz; the other reading
 * loses 27 and 15 dB. From 500 Hz to 8 kHz they are within 1 dB of each other. */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"

#include <stddef.h>

BH_BEGIN_DECLS

typedef struct bh_middle_ear_params {
    double gain;    ///< at 1 kHz, times
    double zero_hz; ///< the double zero lies at -2 pi zero_hz rad/s; 0 or above
    const double
        *gain_channel; ///< one gain for each channel instead, or NULL; borrowed
} bh_middle_ear_params;

/// Gain 1, zero at 200 Hz.
BH_API bh_middle_ear_params bh_middle_ear_params_default(void);
/// As brian2hears: zero at 200 rad/s. With a gain of 0.962512703689 as the program of
/// Tan and Carney.
BH_API bh_middle_ear_params bh_middle_ear_params_brian2hears(void);

/// A middle ear for sound pressure in Pa of so many channels, usually 1; what comes out
/// is pressure too. bh_filterbank_cf is 0 for all channels. `params` NULL means the
/// defaults.
///
/// The bilinear transform bends the frequency scale: made for 50 kHz, and within 0.3 dB
/// of the analogue filter below 4 kHz at 32 kHz and above. Single precision stays
/// within 2e-6 of the largest output.
BH_API BH_NODISCARD bh_status bh_middle_ear_new(double samplerate_hz, size_t channels,
                                                const bh_middle_ear_params *params,
                                                bh_precision precision,
                                                bh_filterbank **out, bh_diag *diag);

BH_END_DECLS

#endif
