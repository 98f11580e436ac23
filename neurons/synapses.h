/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_SYNAPSES_H
#define BH_NEURONS_SYNAPSES_H

#include "core/status.h"
#include "neurons/group.h"
#include "neurons/namespace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/// Synapses between two groups of neurons (or one and itself), all with the same
/// equations and the same code. The network's. Between runs one thread may use them.
///
/// Their public order is that of the presynaptic neuron i, then of the postsynaptic
/// neuron j, then in which they were made: arrays of values have this order.
typedef struct bh_synapses bh_synapses;

/// Some neurons of a group, in a row. i and j count from its first neuron.
typedef struct bh_subgroup {
    bh_group *group;
    size_t first, count;
} bh_subgroup;

/// All neurons of a group.
BH_API bh_subgroup bh_all(bh_group *group);
/// `count` neurons of a group from `first` on.
BH_API bh_subgroup bh_part(bh_group *group, size_t first, size_t count);

/// The texts are in the language of docs/language.md, and are copied. A name in them is
/// looked for among the variables of the synapses, then among those of the groups:
/// x_pre is x of the presynaptic neuron, x_post or x alone that of the postsynaptic
/// one. There are also i, j, N_pre, N_post (neurons), N_incoming, N_outgoing (synapses
/// of the postsynaptic, presynaptic neuron), delay, lastupdate, t and dt.
typedef struct bh_synapses_config {
    const char *name; ///< for messages
    bh_subgroup source, target;
    const char *model;   ///< "w : volt\n dA/dt = -A/tau : 1 (event-driven)"; NULL: none
    const char *on_pre;  ///< when a presynaptic spike arrives: "ge += w"; or NULL
    const char *on_post; ///< when a postsynaptic spike arrives: "A += 0.1"; or NULL
    /// Events of the groups that on_pre and on_post wait for instead of spikes (Brian
    /// 2's on_event); NULL: spikes. See bh_pathway_config.
    const char *event_pre, *event_post;
    const char *delay;      ///< of all presynaptic spikes, "1.5*ms"; NULL: 0, or
                            ///< what bh_synapses_set gives "delay"
    const char *delay_post; ///< of all postsynaptic spikes ("delay_post")
    double max_delay_s;     ///< a promise: no delay is longer; inf: none is made
    const char *method;     ///< of (clock-driven) equations; NULL: as for groups
    /// A name for the number of a synapse among those of its pair, from 0; NULL: none.
    const char *multisynaptic_index;
    /// No synapse is stored: those of a neuron are made again, the same ones, whenever
    /// it spikes. They have one delay for each pathway, no variables and no on_post;
    /// "w = exp(-abs(i-j)*0.1) : 1" gives them weights.
    bool procedural;
    const bh_namespace *names; ///< values the texts may use, or NULL; not kept
} bh_synapses_config;

/// No texts, no groups, no promise.
BH_API bh_synapses_config bh_synapses_config_default(void);

/// Adds synapses to a network that has not run yet; none are connected. Both groups
/// must be of one network. A text that is wrong gives BH_ERR_TEXT and a diag that
/// points into it.
BH_API BH_NODISCARD bh_status bh_synapses_new(const bh_synapses_config *config,
                                              bh_synapses **out, bh_diag *diag);

/// A further pathway: what spikes do besides on_pre and on_post.
typedef struct bh_pathway_config {
    const char *name; ///< for "<name>.delay", and messages; not pre and not post
    bool from_post;   ///< spikes of the postsynaptic neurons
    /// An event of the group (bh_group_event), which must be there already; NULL: its
    /// spikes. It happens behind the threshold and sets out as a spike does: with delay
    /// 0 it acts in the same step, before resets and what bh_group_on_event says.
    const char *event;
    const char *code;  ///< statements
    const char *delay; ///< of all, "1.5*ms"; NULL: 0, or as set by "<name>.delay"
    int order;         ///< pathways run in ascending order within a step (on_pre is -1,
                       ///< on_post 1), those of one order by name
} bh_pathway_config;

/// From the presynaptic neurons, order -1.
BH_API bh_pathway_config bh_pathway_config_default(void);
/// Adds a pathway to synapses that have not run yet.
BH_API BH_NODISCARD bh_status bh_synapses_pathway(bh_synapses *synapses,
                                                  const bh_pathway_config *config,
                                                  bh_diag *diag);

/// Runs statements for all synapses at the beginning of every step that is a multiple
/// of `every_s` (s, a multiple of the time step), before the neurons' own: "w *= 0.99".
/// Before the network runs.
BH_API BH_NODISCARD bh_status bh_synapses_run_regularly(bh_synapses *synapses,
                                                        const char *statements,
                                                        double every_s, bh_diag *diag);

BH_API const char *bh_synapses_name(const bh_synapses *synapses);
/// How many synapses there are.
BH_API size_t bh_synapses_count(const bh_synapses *synapses);
/// The bytes of memory that they take, with what has been made for runs.
BH_API size_t bh_synapses_bytes(const bh_synapses *synapses);
/// Copies the neurons of all synapses to i and j, which have room for `count` each.
BH_API BH_NODISCARD bh_status bh_synapses_pairs(const bh_synapses *synapses,
                                                uint32_t *i, uint32_t *j, size_t count,
                                                bh_diag *diag);

/// Sets a variable, or "delay", "delay_post", "<pathway>.delay", of the synapses for
/// which `condition` is true (NULL: of all) to the value of an expression: "rand()*nS",
/// "exp(-abs(i-j)*0.1)". rand() and randn() are drawn for each synapse, and depend on
/// nothing but the seed, the order of calls and the synapse. Delays are rounded to the
/// nearest step. A value that is not a number, or a delay that is negative, infinite or
/// longer than promised gives BH_ERR_DATA and names the synapse; nothing is set then.
BH_API BH_NODISCARD bh_status bh_synapses_set(bh_synapses *synapses,
                                              const char *variable,
                                              const char *condition,
                                              const char *expression, bh_diag *diag);
/// Sets a variable or delay from `count` values in SI units, one for each synapse.
BH_API BH_NODISCARD bh_status bh_synapses_set_array(bh_synapses *synapses,
                                                    const char *variable,
                                                    const double *values, size_t count,
                                                    bh_diag *diag);
/// Sets a variable or delay of each synapse to function(user, i, j), in SI units,
/// called on this thread in the order of the synapses.
BH_API BH_NODISCARD bh_status bh_synapses_set_function(
    bh_synapses *synapses, const char *variable,
    double (*function)(void *user, size_t i, size_t j), void *user, bh_diag *diag);
/// Copies the values of a variable or delay in SI units to `values`, which has room for
/// `count`, one for each synapse.
BH_API BH_NODISCARD bh_status bh_synapses_get(const bh_synapses *synapses,
                                              const char *variable, double *values,
                                              size_t count, bh_diag *diag);

BH_END_DECLS

#endif
