/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_OPERATION_H
#define BH_NEURONS_OPERATION_H

#include "core/status.h"
#include "neurons/group.h"
#include "neurons/network.h"

#include <stddef.h>

BH_BEGIN_DECLS

/* What happens when. A step goes through the slots start, groups (integration),
 * thresholds, synapses, resets, end; before_X and after_X lie around each. Steps run
 * together in windows where nothing in between can be seen; what is added here cuts
 * them as far as it must, and no result depends on that. */

/// A call of C code between steps (Brian's network_operation). It may read and set
/// variables, also of synapses, and call bh_network_stop; it may not add anything or
/// run the network. Where there are synapses each call takes time for all of them,
/// since it may have changed any.
typedef struct bh_operation_config {
    bh_status (*call)(void *user, bh_network *net, double time_s, bh_diag *diag);
    void *user;
    const char *when; ///< "start": before anything else of the step; "end": behind
                      ///< everything; with before_ and after_ if the order matters
    int order;        ///< within the slot, from the lowest; equal ones in the order in
                      ///< which they were added
    double every_s;   ///< the clock, s: at multiples of it, itself a multiple of dt
    const double *times_s; ///< or at the steps nearest to these times (Brian's
                           ///< EventClock), rising; copied
    size_t times;
} bh_operation_config;

/// At "end" of every step, order 0.
BH_API bh_operation_config bh_operation_config_default(const bh_network *net);

/// Adds an operation; between runs too. A status other than BH_OK ends the run with it.
BH_API BH_NODISCARD bh_status bh_operation_new(bh_network *net,
                                               const bh_operation_config *config,
                                               bh_diag *diag);

/// Ends the run that goes on, which then returns BH_OK: from an operation, with the
/// step; from a callback, another thread or a signal handler, with the window. The next
/// run goes on from there.
BH_API void bh_network_stop(bh_network *net);

/// Statements for all neurons at certain steps of a clock.
typedef struct bh_regular_config {
    const char *statements; ///< "v += 1*mV"
    const char *when; ///< "start" (before integration), "synapses" (behind thresholds,
                      ///< before resets) or "end" (behind resets)
    double every_s;   ///< s, a multiple of the time step
} bh_regular_config;

/// At "start" of every step.
BH_API bh_regular_config bh_regular_config_default(const bh_group *group);

/// As bh_group_run_regularly, in any of these slots.
BH_API BH_NODISCARD bh_status bh_group_run_in_slot(bh_group *group,
                                                   const bh_regular_config *config,
                                                   bh_diag *diag);

/// Runs statements for all neurons at the beginning of the steps nearest to the given
/// times (Brian's run_at), which rise. The texts and times are copied.
BH_API BH_NODISCARD bh_status bh_group_run_at(bh_group *group, const char *statements,
                                              const double *times_s, size_t count,
                                              bh_diag *diag);

BH_END_DECLS

#endif
