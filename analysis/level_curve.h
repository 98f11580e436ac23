/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_ANALYSIS_LEVEL_CURVE_H
#define BH_ANALYSIS_LEVEL_CURVE_H

/* Rate over level: where a fibre begins to tell levels apart and where it stops (Sachs
 * and Abbas, "Rate versus level functions for auditory-nerve fibers in cats", J.
 * Acoust. Soc. Am. 56 (1974) 1835-1847). */

#include "core/status.h"

#include <stddef.h>

BH_BEGIN_DECLS

typedef struct bh_level_curve_config {
    double spontaneous_hz;    ///< rate without sound, spikes/s
    double spontaneous_sd_hz; ///< standard deviation of such a measurement
    double criterion_sd;      ///< the threshold is so many of these above it ...
    double criterion_part; ///< ... or, where the sd is NaN, such a part of the way to
                           ///< the largest rate
    double low_part, high_part; ///< ends of the dynamic range, as parts of that way
} bh_level_curve_config;

/// No spontaneous rate, its sd NaN; 2 sd or 0.2; 0.1 to 0.9.
BH_API bh_level_curve_config bh_level_curve_config_default(void);

/// Between the levels of the measurement the rate is a straight line. Levels are NaN
/// where the rate does not get there.
typedef struct bh_level_curve {
    double threshold_db;    ///< level from which the rate exceeds the criterion
    double criterion_hz;    ///< that rate
    double saturation_hz;   ///< largest rate
    double saturation_db;   ///< lowest level with it
    double low_db, high_db; ///< ends of the dynamic range
    double range_db;        ///< high - low
} bh_level_curve;

/// The figures of a rate-level function: `rate_hz`[i], spikes/s, at `level_db`[i],
/// which rise; two at least. Crossings are the last upward ones before the largest
/// rate, so that noise near the threshold does not lower it.
BH_API BH_NODISCARD bh_status bh_level_curve_get(const double *level_db,
                                                 const double *rate_hz, size_t count,
                                                 const bh_level_curve_config *config,
                                                 bh_level_curve *out, bh_diag *diag);

BH_END_DECLS

#endif
