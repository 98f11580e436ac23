/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_INPUT_H
#define BH_NEURONS_INPUT_H

#include "core/events.h"
#include "core/status.h"
#include "neurons/group.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/* Groups whose spikes come from chance or from a list, not from equations of their own.
 * Monitors, links and synapses take them like any other group. */

/// Neurons that fire by chance: in each step with the probability rates*dt (Brian's
/// PoissonGroup).
typedef struct bh_poisson_config {
    const char *name;
    size_t count;
    /// An expression in Hz, of t, i and `names`: "15*Hz",
    /// "(1+sin(2*pi*t/second))*i*Hz". NULL: a parameter `rates`, 0 Hz until it is set
    /// (bh_group_set) or linked.
    const char *rates;
    bh_precision precision; ///< single: probabilities are multiples of 2^-24
    double dt_s; ///< the clock, s: a multiple of the network's dt; 0: that itself
    const bh_namespace *names; ///< read now, not kept
} bh_poisson_config;

/// 1 neuron, a parameter `rates`, single precision.
BH_API bh_poisson_config bh_poisson_config_default(void);

/// Adds such a group to a network that has not run yet.
BH_API BH_NODISCARD bh_status bh_poisson_new(bh_network *net,
                                             const bh_poisson_config *config,
                                             bh_group **out, bh_diag *diag);

/// Neurons that fire at given times (Brian's SpikeGeneratorGroup): a spike at time t
/// happens in the step round(t/dt).
typedef struct bh_generator_config {
    const char *name;
    size_t count;
    bh_events spikes; ///< in any order, copied; those before the time reached are left
                      ///< out
    double period_s;  ///< the spikes come again every so often, s; 0: once
    /// Instead of `spikes`, for more of them than memory holds: gives those between two
    /// times, the first included, in order of time. The events must last until the next
    /// call. Called before each window on the thread that runs; a status other than
    /// BH_OK ends the run with it. May be NULL.
    bh_status (*next)(void *user, double from_s, double to_s, bh_events *out,
                      bh_diag *diag);
    void *user;
} bh_generator_config;

/// 1 neuron, no spikes.
BH_API bh_generator_config bh_generator_config_default(void);

/// Adds such a group to a network that has not run yet. Two spikes of a neuron in one
/// step, an index that is too large, a time below 0 or, with a period, behind its end
/// are errors (BH_ERR_DATA).
BH_API BH_NODISCARD bh_status bh_generator_new(bh_network *net,
                                               const bh_generator_config *config,
                                               bh_group **out, bh_diag *diag);
/// Gives such a group other spikes, between runs; the old ones stay where these are
/// wrong.
BH_API BH_NODISCARD bh_status bh_generator_set(bh_group *group, bh_events spikes,
                                               double period_s, bh_diag *diag);

/// A group of `count` neurons of which each fires once, at a normally distributed time
/// around `t_s` with the standard deviation `sigma_s` (Brian's PulsePacket). Spikes
/// before the network's beginning are lost.
BH_API BH_NODISCARD bh_status bh_pulse_packet_new(bh_network *net, const char *name,
                                                  size_t count, double t_s,
                                                  double sigma_s, bh_group **out,
                                                  bh_diag *diag);

/// Adds, in every step and for each neuron apart, weight * Binomial(inputs, rate*dt) to
/// a variable, between thresholds and resets: `inputs` Poisson neurons onto each
/// neuron, without the neurons (Brian's PoissonInput). `rate` is constant: "8*Hz";
/// `weight` has the units of the variable and may use those of the group: "w*mV". A
/// variable that is (unless refractory) keeps its value meanwhile.
///
/// The numbers are exact; where inputs*p > 5 and inputs*(1-p) > 5 they are normal with
/// the same mean and variance, as in Brian 2. In single precision, numbers less likely
/// than 2^-24 do not come up. Before the network runs.
BH_API BH_NODISCARD bh_status bh_poisson_input_new(bh_group *group,
                                                   const char *variable, size_t inputs,
                                                   const char *rate, const char *weight,
                                                   bh_diag *diag);

BH_END_DECLS

#endif
