/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_ANALYSIS_INTERVALS_H
#define BH_ANALYSIS_INTERVALS_H

/* Times between neighbouring spikes of a train: first-order intervals, after Gray,
 * "Conditional probability analyses of the spike activity of single neurons", Biophys.
 * J. 7 (1967) 759-777, and Johnson, "Point process models of single-neuron discharges",
 * J. Comput. Neurosci. 3 (1996) 275-299. Intervals that reach over an end of the window
 * are not known and do not count, which is why the window should be much longer than
 * they are. */

#include "analysis/trains.h"

BH_BEGIN_DECLS

/// Figures of all intervals of all trains; NaN where there are too few.
typedef struct bh_intervals {
    size_t count;
    double mean_s, sd_s; ///< sd of the intervals at hand (n), as numpy.std has it
    double cv;           ///< sd / mean: 1 for a Poisson process
    /// Holt et al., J. Neurophysiol. 75 (1996) 1806: the mean over neighbouring
    /// intervals a, b of 2 |a - b| / (a + b), which slow changes of rate leave alone.
    double cv2;
    double shortest_s, longest_s; ///< the first is an upper bound of the dead time
} bh_intervals;

BH_API void bh_intervals_get(const bh_trains *trains, bh_intervals *out);

/// Counts of intervals: `counts`[b] of those from b * bin_s on, below (b + 1) * bin_s;
/// `beyond` of those that are longer than all bins (may be NULL).
BH_API BH_NODISCARD bh_status bh_isi_histogram(const bh_trains *trains, double bin_s,
                                               size_t bins, uint64_t *counts,
                                               uint64_t *beyond, bh_diag *diag);

/// The hazard: how likely a spike is now, given that none came since the last one,
/// `hazard_hz`[b] = counts[b] / (bin_s * (counts[b] + ... + beyond)), spikes/s; NaN
/// where no interval is so long. It is the density over the survivor function, with
/// bins: a constant hazard h shows as (1 - exp(-h bin_s)) / bin_s. Dead time shows as
/// 0, a relative refractory period as the rise behind it.
BH_API BH_NODISCARD bh_status bh_isi_hazard(const uint64_t *counts, size_t bins,
                                            uint64_t beyond, double bin_s,
                                            double *hazard_hz, bh_diag *diag);

BH_END_DECLS

#endif
