/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_ANALYSIS_TRAINS_INTERNAL_H
#define BH_ANALYSIS_TRAINS_INTERNAL_H

#include "analysis/trains.h"

/// The trains one behind the other: `time_s` from first[i] to first[i + 1] is train i.
struct bh_trains {
    double *time_s;
    size_t *first; ///< [count + 1]
    size_t count;
    double start_s, stop_s;
};

/// Counts of spikes are compared with bins in units of a bin; this much of one is what
/// rounding may do to a time of some hours.
#define BH_BIN_SLACK 1e-6

/// Which bin of `bin_s` from `origin_s` on has a time. A spike that lies on an edge as
/// far as rounding tells belongs to the bin that begins there.
ptrdiff_t bh_bin_of(double time_s, double origin_s, double bin_s);

/// BH_ERR_ARGUMENT unless `value` is finite and above 0; `what` names it.
bh_status bh_check_positive(double value, const char *what, bh_diag *diag);

#endif
