/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_GROUP_H
#define BH_NEURONS_GROUP_H

#include "core/block.h"
#include "core/status.h"
#include "neurons/namespace.h"
#include "neurons/network.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// Neurons that share their equations. The network's.
typedef struct bh_group bh_group;

/// The texts are in the language of docs/language.md, and are copied.
typedef struct bh_group_config {
    const char *name;       ///< for messages
    size_t count;           ///< neurons
    const char *equations;  ///< "dv/dt = (I-v)/(10*ms) : 1 (unless refractory)\n I : 1"
    const char *threshold;  ///< "v > 1"; NULL: no spikes
    const char *reset;      ///< "v = 0; w += 1"; NULL: nothing
    const char *refractory; ///< "5*ms", or a condition; NULL: none
    const char *method; ///< exact, euler, exponential_euler, rk2, rk4, heun, milstein,
                        ///< milstein_ito, or a scheme as text;
                        ///< NULL: exact where the equations are linear, else euler,
                        ///< or heun where the noise depends on the variables
    bh_precision precision; ///< of the state
    double dt_s; ///< the clock, s: a multiple of the network's dt; 0: that itself. The
                 ///< group takes its steps at multiples of it
    const bh_namespace
        *names; ///< values the texts may use, or NULL; read now, not kept
} bh_group_config;

/// 1 neuron, no texts, the method chosen, single precision.
BH_API bh_group_config bh_group_config_default(void);

/// Adds a group to a network that has not run yet. Variables are 0 at first. A text
/// that is wrong gives BH_ERR_TEXT and a diag that points into it.
BH_API BH_NODISCARD bh_status bh_group_new(bh_network *net,
                                           const bh_group_config *config,
                                           bh_group **out, bh_diag *diag);

/// Runs statements for all neurons at the beginning of every step that is a multiple of
/// `every_s` (s, a multiple of the time step): "rate = rand()*10*Hz". Several run in
/// the order in which they are given. A variable that is (unless refractory) keeps its
/// value where the neuron was refractory in the step before. Before the network runs.
BH_API BH_NODISCARD bh_status bh_group_run_regularly(bh_group *group,
                                                     const char *statements,
                                                     double every_s, bh_diag *diag);

/// Gives the group an event of its own: it happens in each step, behind the threshold
/// and before the reset, to the neurons for which the condition holds, refractory or
/// not: bh_group_event(group, "half", "v > 0.5 and not seen", &diag). Monitors and
/// synapses listen to it by its name. Before the network runs.
BH_API BH_NODISCARD bh_status bh_group_event(bh_group *group, const char *name,
                                             const char *condition, bh_diag *diag);
/// Runs statements for the neurons that an event happens to, behind the reset of the
/// same step. Several events of one step run in the order of their names. Once for each
/// event, before the network runs.
BH_API BH_NODISCARD bh_status bh_group_on_event(bh_group *group, const char *name,
                                                const char *statements, bh_diag *diag);

BH_API size_t bh_group_count(const bh_group *group);
BH_API const char *bh_group_name(const bh_group *group);
/// The method that integrates its equations.
BH_API const char *bh_group_method(const bh_group *group);

/// Sets a variable of all neurons to the value of an expression, which may use i, N,
/// other variables and rand(): "rand()*10*mV".
BH_API BH_NODISCARD bh_status bh_group_set(bh_group *group, const char *variable,
                                           const char *expression, bh_diag *diag);
/// Sets a variable from `count` values in SI units, one for each neuron.
BH_API BH_NODISCARD bh_status bh_group_set_array(bh_group *group, const char *variable,
                                                 const double *values, size_t count,
                                                 bh_diag *diag);
/// Copies a variable's values in SI units to `values`, which has room for `count`, one
/// for each neuron. Subexpressions are computed from the present values, with t the
/// time reached; `lastspike` (s) and `not_refractory` (0 or 1) are as the last step
/// left them.
BH_API BH_NODISCARD bh_status bh_group_get(const bh_group *group, const char *variable,
                                           double *values, size_t count, bh_diag *diag);

BH_END_DECLS

#endif
