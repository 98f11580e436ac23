/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_STATE_MONITOR_H
#define BH_NEURONS_STATE_MONITOR_H

#include "core/block.h"
#include "core/status.h"
#include "neurons/group.h"

#include <stdbool.h>
#include <stdint.h>

BH_BEGIN_DECLS

/// Records variables of one group as it runs. The network's.
///
/// Each variable has rows of its own, one for each step that is recorded, shape
/// [rows][neurons] in the group's precision. Neurons that are not recorded run as fast
/// as without a monitor.
typedef struct bh_state_monitor bh_state_monitor;

typedef struct bh_state_monitor_config {
    const char *variables; ///< names, spaces between: "v w"; of subexpressions too,
                           ///< lastspike and not_refractory
    const uint32_t *index; ///< which neurons, in the order of the columns; copied.
                           ///< NULL: all
    size_t count;          ///< of `index`
    double every_s;        ///< s, a multiple of the time step: steps at its multiples
    /// Slot: "start", before a step changes anything (links of the slot have been
    /// made), or "end", when it has changed everything. A row has the time at which its
    /// step begins, either way.
    const char *when;
    bool record;     ///< keep rows in memory
    double recent_s; ///< only those of the last so many seconds:
                     ///< int(recent_s/every_s)+1 rows (Brian's RecentStateMonitor), for
                     ///< which all memory is taken at the beginning. INFINITY: all
    /// Gets the rows of each window, one variable after another, on the thread that
    /// runs; a status other than BH_OK ends the run with it. May be NULL.
    bh_status (*sink)(void *user, const char *variable, double first_s, bh_block rows,
                      bh_diag *diag);
    void *user;
} bh_state_monitor_config;

/// All neurons, every step of `group`, at "start", all in memory, no sink.
BH_API bh_state_monitor_config bh_state_monitor_config_default(const bh_group *group);

/// Adds a monitor; between runs too.
BH_API BH_NODISCARD bh_status
bh_state_monitor_new(bh_group *group, const bh_state_monitor_config *config,
                     bh_state_monitor **out, bh_diag *diag);

/// Rows that have been recorded so far.
BH_API uint64_t bh_state_monitor_count(const bh_state_monitor *monitor);
/// A view of the rows of one variable that are in memory, in order of time, without a
/// copy; good until the next run.
BH_API BH_NODISCARD bh_status bh_state_monitor_rows(const bh_state_monitor *monitor,
                                                    const char *variable, bh_block *out,
                                                    bh_diag *diag);
/// The time of a row of that view, s.
BH_API double bh_state_monitor_time(const bh_state_monitor *monitor, size_t row);
/// A view of one row: that of `lag_s` seconds before the last one, int(lag_s/every_s)
/// rows back.
BH_API BH_NODISCARD bh_status bh_state_monitor_past(const bh_state_monitor *monitor,
                                                    const char *variable, double lag_s,
                                                    bh_block *out, bh_diag *diag);

BH_END_DECLS

#endif
