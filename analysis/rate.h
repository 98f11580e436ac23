/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_ANALYSIS_RATE_H
#define BH_ANALYSIS_RATE_H

/* How much a nerve fires, and when: the post-stimulus time histogram (Gerstein and
 * Kiang, "An approach to the quantitative analysis of electrophysiological data from
 * single neurons", Biophys. J. 1 (1960) 15-28), rates of parts of it, first spikes, and
 * the variability of counts (Fano, Phys. Rev. 72 (1947) 26-29). */

#include "analysis/trains.h"

BH_BEGIN_DECLS

/// The post-stimulus time histogram over `bins` bins from the start of the window on
/// (at most bh_trains_bins of them): `counts`[b] spikes of all trains, and `rate_hz`[b]
/// = counts / (trains * bin_s), spikes/s. Either array may be NULL.
BH_API BH_NODISCARD bh_status bh_psth(const bh_trains *trains, double bin_s,
                                      size_t bins, uint64_t *counts, double *rate_hz,
                                      bh_diag *diag);

/// Where in the window the stimulus is, s, on the clock of the spikes.
typedef struct bh_response_config {
    double onset_s;        ///< when the stimulus begins
    double offset_s;       ///< when it ends
    double delay_s;        ///< from the ear to the neuron: added to both
    double onset_bin_s;    ///< bins of which the onset rate is the largest
    double onset_within_s; ///< how long after the onset they are looked for
    double steady_part; ///< which last part of the stimulus is its steady state, 0 to 1
} bh_response_config;

/// Onset 0, offset NaN (the end of the window), no delay, bins of 1 ms within 10 ms,
/// the last half.
BH_API bh_response_config bh_response_config_default(void);

/// Rates are spikes/s of one train; NaN where there is no such time in the window.
typedef struct bh_response {
    double rate_hz;        ///< of the whole stimulus
    double spontaneous_hz; ///< of the window before the onset
    double onset_hz;       ///< of the onset bin with most spikes
    double onset_at_s;     ///< where that bin begins, on the clock of the spikes
    double steady_hz;      ///< of the steady state
    double adaptation;     ///< onset / steady
} bh_response;

/// The parts of a response to a stimulus.
BH_API BH_NODISCARD bh_status bh_response_get(const bh_trains *trains,
                                              const bh_response_config *config,
                                              bh_response *out, bh_diag *diag);

/// Times from `after_s` to first spikes, over the trains that have one.
typedef struct bh_latency {
    size_t trains;           ///< that have one
    double median_s, mean_s; ///< NaN where none has
    double sd_s;             ///< of a sample (n - 1): the first-spike jitter
    double shortest_s, longest_s;
} bh_latency;

/// First-spike latency: `latency_s`[i] is the time from `after_s` (s, on the clock of
/// the spikes) to the first spike of train i at or after it, NaN where there is none;
/// one for each train. Takes memory for as many numbers while it runs.
BH_API BH_NODISCARD bh_status bh_latency_get(const bh_trains *trains, double after_s,
                                             double *latency_s, bh_latency *out,
                                             bh_diag *diag);

/// Over what counts vary: from window to window within each train, which includes slow
/// changes of rate; or from train to train in the same window, which does not include
/// what the stimulus does to all of them (trials of one neuron).
typedef enum bh_fano_over { BH_FANO_WINDOWS, BH_FANO_TRAINS } bh_fano_over;

/// Variance over mean of the counts in windows. 1 for a Poisson process of constant
/// rate.
typedef struct bh_fano {
    size_t windows;  ///< in each train
    double mean;     ///< of the counts
    double variance; ///< unbiased: n - 1; the mean over the trains, or the windows
    double factor;   ///< NaN without spikes
} bh_fano;

/// The Fano factor for windows of `window_s`, side by side from the start of the window
/// of the trains on. There must be two windows, or two trains.
BH_API BH_NODISCARD bh_status bh_fano_get(const bh_trains *trains, double window_s,
                                          bh_fano_over over, bh_fano *out,
                                          bh_diag *diag);

BH_END_DECLS

#endif
