/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_SCALE_H
#define BH_FILTERBANK_SCALE_H

/* Where the places of a cochlea lie in frequency, and how wide they are: the equivalent
 * rectangular bandwidth (ERB) of Glasberg and Moore, "Derivation of auditory filter
 * shapes from notched-noise data", Hear. Res. 47 (1990), in the form of Slaney, "An
 * efficient implementation of the Patterson-Holdsworth auditory filter bank", Apple
 * technical report 35 (1993): ERB(f) = ((f / Q)^order + min_bw^order)^(1 / order). */

#include "core/api.h"
#include "core/status.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// The constants of the ERB scale.
typedef struct bh_erb_params {
    double ear_q;     ///< asymptotic quality of the filters at high frequencies
    double min_bw_hz; ///< least bandwidth, at low frequencies
    double order;     ///< how the two join; bh_erbspace and bh_erb_rate assume 1
} bh_erb_params;

/// Glasberg and Moore's constants: ear_q 9.26449, min_bw_hz 24.7, order 1.
BH_API bh_erb_params bh_erb_params_default(void);

/// Equivalent rectangular bandwidth in Hz of the place at `f_hz`. 132.64 Hz at 1 kHz.
BH_API double bh_erb_bandwidth(double f_hz, bh_erb_params params);

/// Position on the ERB-rate scale in Cams: how many ERBs lie between 0 Hz and `f_hz`,
/// Q ln(1 + f / (Q min_bw)). 15.57 at 1 kHz, where Glasberg and Moore, who round
/// Q ln 10 = 21.33 to 21.4, say 15.62.
BH_API double bh_erb_rate(double f_hz, bh_erb_params params);

/// Writes to `cf_hz` `n` frequencies equally spaced on the ERB-rate scale, ascending,
/// the first exactly `low_hz` and the last exactly `high_hz` (n = 1 gives `low_hz`).
/// Fails unless 0 <= low_hz < high_hz (low_hz <= high_hz for n = 1), all finite.
BH_API BH_NODISCARD bh_status bh_erbspace(double low_hz, double high_hz, size_t n,
                                          bh_erb_params params, double *cf_hz,
                                          bh_diag *diag);

BH_END_DECLS

#endif
