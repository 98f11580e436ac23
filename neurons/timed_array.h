/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_TIMED_ARRAY_H
#define BH_NEURONS_TIMED_ARRAY_H

#include "core/status.h"
#include "neurons/group.h"
#include "neurons/namespace.h"

#include <stdbool.h>
#include <stddef.h>

BH_BEGIN_DECLS

/* Values over time that equations look up (Brian's TimedArray): as a function of t in a
 * text, or written into a variable at every step. Before the first time the first row
 * holds, behind the last one the last. */

typedef struct bh_timed_array_config {
    const double *values; ///< shape [rows][columns]; copied
    size_t rows;
    size_t columns;        ///< 1: I(t). More: I(t, i), where i may be any expression
    double dt_s;           ///< s from one row to the next: row k holds from k*dt_s on
    const double *times_s; ///< or when each row begins, s, rising; copied
    bool centred;     ///< row k holds from (k-1/2)*dt_s to (k+1/2)*dt_s, as in Brian 1;
                      ///< not with `times_s`
    double start_s;   ///< when row 0 begins, s; not with `times_s`
    const char *unit; ///< of the values: "nA", "1"
} bh_timed_array_config;

/// No values, 1 column, no unit.
BH_API bh_timed_array_config bh_timed_array_config_default(void);

/// Gives a namespace a function of time. A step of the time step dt sees the row of its
/// beginning, found as Brian 2 finds it: row floor((t/e + 1/2) / K), where e = dt_s/K
/// and K is the power of two from 8*dt_s/dt on (at least 1).
BH_API BH_NODISCARD bh_status
bh_namespace_set_timed_array(bh_namespace *names, const char *name,
                             const bh_timed_array_config *config, bh_diag *diag);

/// Sets a variable to the row of each step at its beginning (Brian 1's G.I =
/// TimedArray): one column for all neurons, or one for each. Before the network runs;
/// in turn with what bh_group_run_regularly was given.
BH_API BH_NODISCARD bh_status
bh_group_set_timed_array(bh_group *group, const char *variable,
                         const bh_timed_array_config *config, bh_diag *diag);

BH_END_DECLS

#endif
