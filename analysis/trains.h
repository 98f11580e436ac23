/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_ANALYSIS_TRAINS_H
#define BH_ANALYSIS_TRAINS_H

/* Spikes as the measures of this room take them: train by train, over one window of
 * time in which all of them were listened to. A train is what one neuron did in one
 * trial; a measure does not ask which of the two changes from train to train. */

#include "core/events.h"
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

typedef struct bh_trains_config {
    size_t neurons;        ///< how many there are; indices of spikes are below it
    const uint32_t *index; ///< which of them, each at most once; NULL: all
    size_t index_count;    ///< of `index`
    double start_s;        ///< first instant that counts, s
    double stop_s;         ///< first instant that does not any more, s
} bh_trains_config;

/// Trains in a window. Does not change once made: any number of threads may read it.
typedef struct bh_trains bh_trains;

/// One train: rising times in s, borrowed.
typedef struct bh_train {
    const double *time_s;
    size_t count;
} bh_train;

/// Takes the spikes of the chosen neurons out of each trial's events (any order;
/// copied, so the events may go). Trains come trial by trial, and neuron by neuron as
/// `index` has them. Times stay as they were: a window from 0.1 s on has spikes from
/// 0.1 s on. BH_ERR_ARGUMENT for a spike of a neuron that does not exist, BH_ERR_DATA
/// for a time that is not finite.
BH_API BH_NODISCARD bh_status bh_trains_new(const bh_trains_config *config,
                                            const bh_events *trial, size_t trials,
                                            bh_trains **out, bh_diag *diag);
/// NULL is allowed.
BH_API void bh_trains_free(bh_trains *trains);

/// How many trains: trials times chosen neurons; trains without a spike count too.
BH_API size_t bh_trains_count(const bh_trains *trains);
/// Train `i`, below that; good as long as `trains` is.
BH_API bh_train bh_trains_get(const bh_trains *trains, size_t i);
/// Spikes of all trains.
BH_API size_t bh_trains_spikes(const bh_trains *trains);
/// Where the window begins and how long it is, s.
BH_API double bh_trains_start(const bh_trains *trains);
BH_API double bh_trains_duration(const bh_trains *trains);
/// Mean rate: spikes / (trains * duration), spikes/s.
BH_API double bh_trains_rate(const bh_trains *trains);

/// How many whole bins of `bin_s` (s, above 0) fit into the window. A bin that only
/// rounding keeps from fitting does fit.
BH_API size_t bh_trains_bins(const bh_trains *trains, double bin_s);

BH_END_DECLS

#endif
