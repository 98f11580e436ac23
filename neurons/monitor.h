/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_MONITOR_H
#define BH_NEURONS_MONITOR_H

#include "core/events.h"
#include "core/status.h"
#include "neurons/group.h"

#include <stdbool.h>

BH_BEGIN_DECLS

/// Listens to the spikes, or another event, of one group. The network's.
typedef struct bh_spike_monitor bh_spike_monitor;

typedef struct bh_spike_monitor_config {
    const char *event; ///< what to listen to; NULL or "spike": spikes
    bool record;       ///< keep all spikes in memory
    /// Gets the spikes of each window in order of time and index, on the thread that
    /// runs; a status other than BH_OK ends the run with it, and with what it wrote
    /// into `diag`. May be NULL.
    bh_status (*sink)(void *user, bh_events events, bh_diag *diag);
    void *user;
} bh_spike_monitor_config;

/// Records, no sink.
BH_API bh_spike_monitor_config bh_spike_monitor_config_default(void);

/// Adds a monitor; `config` is copied, NULL means the default. Monitors may be added
/// between runs.
BH_API BH_NODISCARD bh_status
bh_spike_monitor_new(bh_group *group, const bh_spike_monitor_config *config,
                     bh_spike_monitor **out, bh_diag *diag);

/// Spikes so far.
BH_API uint64_t bh_spike_monitor_count(const bh_spike_monitor *monitor);
/// The spikes kept in memory; valid until the next run.
BH_API bh_events bh_spike_monitor_events(const bh_spike_monitor *monitor);

BH_END_DECLS

#endif
