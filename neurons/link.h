/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_LINK_H
#define BH_NEURONS_LINK_H

#include "core/source.h"
#include "core/status.h"
#include "neurons/group.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// A linked variable (Brian's linked_var): at every tick of a clock a variable of a
/// group is set to a function of a source's channels, or of another group's variable.
///
/// With n values and n*k neurons each value drives k neurons: value p those from k*p
/// on. One value (a single channel, a group of one) drives all.
typedef struct bh_link_config {
    bh_source *source;    ///< where the values come from ...
    const bh_group *from; ///< ... or whose variable they are
    const char *from_variable;
    bh_group *to;
    const char *to_variable; ///< a parameter, ": 1" or ": 1 (linked)"
    const char *expression;  ///< of x, as "3*clip(x,0,inf)**(1/3)"; NULL: x itself
    /// Instead of an expression: computes `count` values from `in` into `out`, which
    /// may not overlap, for `channel` on. Called on any thread.
    void (*function)(void *user, size_t channel, const double *in, double *out,
                     size_t count);
    void *user;
    const char
        *when; ///< slot: "start" (the step sees it) or "end" (the next step does)
    double clock_dt_s; ///< the clock, s: a multiple of the network's dt
} bh_link_config;

/// All empty; `when` "start", the clock that of the network `to` belongs to.
BH_API bh_link_config bh_link_config_default(bh_group *to);

/// Adds a link to the network of `to`, which has not run yet. A source must outlive the
/// network, and is read by it alone. A source whose sample rate is not 1/dt is sampled
/// at the times of the steps, and held between its samples.
BH_API BH_NODISCARD bh_status bh_link_new(const bh_link_config *config, bh_diag *diag);

/// The common case: `to.variable = expression(source)`.
BH_API BH_NODISCARD bh_status bh_link(bh_group *to, const char *variable,
                                      bh_source *source, const char *expression,
                                      bh_diag *diag);

BH_END_DECLS

#endif
