/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_ANALYSIS_TUNING_H
#define BH_ANALYSIS_TUNING_H

/* Which tones excite a fibre: its threshold at each frequency, found by bisection, and
 * the figures of the curve (Kiang, Watanabe, Thomas and Clark, "Discharge Patterns of
 * Single Fibers in the Cat's Auditory Nerve", MIT Press 1965; Liberman, "Auditory-nerve
 * response from cats raised in a low-noise chamber", J. Acoust. Soc. Am. 63 (1978)
 * 442-455). */

#include "core/status.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// Plays a tone to whatever is examined and says how it responds, in any measure that
/// rises with the level: spikes/s, spikes above the spontaneous ones ...
typedef bh_status bh_tone_response(void *user, double frequency_hz, double level_db_spl,
                                   double *response, bh_diag *diag);

typedef struct bh_threshold_config {
    double low_db,
        high_db;      ///< levels between which the threshold is looked for, dB SPL
    double step_db;   ///< how exactly
    double criterion; ///< the threshold is where the response exceeds this
} bh_threshold_config;

/// -10 to 100 dB SPL, to 1 dB; criterion 20.
BH_API bh_threshold_config bh_threshold_config_default(void);

/// The lowest level at which the response exceeds the criterion, to within `step_db`
/// above it: bisection, log2((high - low) / step) + 2 tones. NaN where even `high_db`
/// does not excite; `low_db` where that does. A failure of `respond` ends the search.
BH_API BH_NODISCARD bh_status bh_threshold_find(const bh_threshold_config *config,
                                                double frequency_hz,
                                                bh_tone_response *respond, void *user,
                                                double *threshold_db, bh_diag *diag);

/// What a tuning curve says; NaN where the curve does not reach so far.
typedef struct bh_tuning {
    double cf_hz;           ///< frequency of the lowest threshold
    double threshold_db;    ///< that
    double low_hz, high_hz; ///< edges, nearest to the CF, of the curve 10 dB above it
    double bandwidth_hz;    ///< high - low
    double q10;             ///< cf / bandwidth
} bh_tuning;

/// The figures of a tuning curve: thresholds in dB at frequencies in Hz that rise; NaN
/// is a frequency that does not excite. Between two frequencies the curve is a straight
/// line over log frequency, towards NaN it is not known.
BH_API BH_NODISCARD bh_status bh_tuning_get(const double *frequency_hz,
                                            const double *threshold_db, size_t count,
                                            bh_tuning *out, bh_diag *diag);

BH_END_DECLS

#endif
