/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_STATISTICS_H
#define BH_NEURONS_STATISTICS_H

#include "core/block.h"
#include "core/status.h"
#include "neurons/group.h"
#include "neurons/state_monitor.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/* Monitors that keep figures instead of spikes and states. All are the network's, and
 * may be added between runs; what they give is theirs and good until the next run. */

/// How often each neuron has spiked.
typedef struct bh_spike_counter bh_spike_counter;

BH_API BH_NODISCARD bh_status bh_spike_counter_new(bh_group *group,
                                                   bh_spike_counter **out,
                                                   bh_diag *diag);
/// One count for each neuron of the group.
BH_API const uint64_t *bh_spike_counter_counts(const bh_spike_counter *counter);

/// The rate of a whole group over time (Brian's PopulationRateMonitor): spikes / (N *
/// bin), one value for each bin since the monitor was added.
typedef struct bh_rate_monitor bh_rate_monitor;

/// A window that smoothes rates: with ones over the width, or with a Gaussian whose
/// standard deviation is the width.
typedef enum bh_rate_window { BH_RATE_FLAT, BH_RATE_GAUSSIAN } bh_rate_window;

/// `bin_s` is a multiple of the time step, s.
BH_API BH_NODISCARD bh_status bh_rate_monitor_new(bh_group *group, double bin_s,
                                                  bh_rate_monitor **out, bh_diag *diag);
/// The rates of all whole bins so far, Hz.
BH_API BH_NODISCARD bh_status bh_rate_monitor_rates(bh_rate_monitor *monitor,
                                                    const double **rates_hz,
                                                    size_t *count, bh_diag *diag);
/// The same, smoothed as Brian 2's smooth_rate does it: zeros beyond both ends; the
/// flat window is 2*round(width/(2*bin))+1 bins wide, the Gaussian is cut at two
/// standard deviations.
BH_API BH_NODISCARD bh_status bh_rate_monitor_smooth(bh_rate_monitor *monitor,
                                                     bh_rate_window window,
                                                     double width_s, double *rates_hz,
                                                     size_t count, bh_diag *diag);

/// Counts of values that fall into bins: bin b takes those from edges[b] on and below
/// edges[b + 1].
typedef struct bh_histogram bh_histogram;

/// The intervals between the spikes of each neuron, s (Brian's ISIHistogramMonitor).
/// `edges` are bins + 1 rising values, copied.
BH_API BH_NODISCARD bh_status bh_interval_histogram_new(bh_group *group,
                                                        const double *edges,
                                                        size_t bins, bh_histogram **out,
                                                        bh_diag *diag);
/// The values of a variable, SI units, at the starts of the steps that are multiples of
/// `every_s` (Brian's StateHistogramMonitor).
BH_API BH_NODISCARD bh_status bh_state_histogram_new(bh_group *group,
                                                     const char *variable,
                                                     double every_s,
                                                     const double *edges, size_t bins,
                                                     bh_histogram **out, bh_diag *diag);
/// One count for each bin.
BH_API const uint64_t *bh_histogram_counts(const bh_histogram *histogram);

/// What the columns of a state monitor were, on average, before the spikes of a group.
typedef struct bh_spike_average bh_spike_average;

/// Averages a variable over the last `rows` rows of `recent` at each spike of `group`,
/// the row of the spike's step included. `recent` keeps at least so many rows
/// (recent_s) and belongs to the same network; spikes with fewer rows before them do
/// not count.
BH_API BH_NODISCARD bh_status bh_spike_average_new(bh_group *group,
                                                   bh_state_monitor *recent,
                                                   const char *variable, size_t rows,
                                                   bh_spike_average **out,
                                                   bh_diag *diag);
/// The average so far: shape [rows][columns of the monitor], double, the oldest row
/// first; how many spikes it is of. NaN where there were none.
BH_API bh_block bh_spike_average_rows(bh_spike_average *average, uint64_t *spikes);

BH_END_DECLS

#endif
