/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_CONNECT_H
#define BH_NEURONS_CONNECT_H

#include "neurons/synapses.h"

#include <stdbool.h>

BH_BEGIN_DECLS

/// Which pairs of neurons get synapses. At most one way of choosing is given: pairs |
/// one_to_one | targets | sources | in_degree | out_degree | total, or none of them:
/// then all pairs for which `condition` holds, each with `probability`.
///
/// Expressions may use i, j, N_pre, N_post, x_pre, x_post, rand() and the names given
/// to bh_synapses_new. A generator reads "EXPR for VAR in RANGE if CONDITION" (the
/// condition may be missing), where RANGE is range(stop), range(start, stop),
/// range(start, stop, step), sample(stop, p=P), sample(start, stop, step, p=P) or the
/// same with size=COUNT: COUNT of them without repetition. It is run for each neuron of
/// the other side, and RANGE may use that side's variables.
typedef struct bh_connect_config {
    const char *condition;   ///< "i != j"; NULL: any
    const char *probability; ///< "0.1", "exp(-abs(i-j)*0.1)"; NULL: 1
    const char *targets;     ///< generator of j for each i: "k for k in range(i-1,i+2)"
    const char *sources;     ///< generator of i for each j
    const char *copies;      ///< synapses of each pair that is chosen; NULL: 1
    size_t in_degree;        ///< synapses that each target gets, from random sources
    size_t out_degree;       ///< synapses that each source makes, to random targets
    size_t total;            ///< synapses of random pairs
    bool no_multapses;       ///< the random ones above: no pair twice
    bool no_autapses;        ///< no pair of a neuron and itself
    bool one_to_one;         ///< i with j = i, as many as both sides have
    bool skip_if_invalid;    ///< leave out neurons that do not exist: no error
    const uint32_t *i, *j;   ///< `pairs` synapses from neuron i[n] to neuron j[n]
    size_t pairs;
    /// Instead of the text: called on this thread for each i, then each j.
    double (*probability_function)(void *user, size_t i, size_t j);
    void *user;
} bh_connect_config;

/// All pairs, once.
BH_API bh_connect_config bh_connect_config_default(void);

/// Makes synapses, besides those there are; NULL: of all pairs. Their variables are 0,
/// their delays those of the pathways. Which are made depends on nothing but the seed,
/// the order of calls and the arguments. Not while the network runs. On an error none
/// are made: BH_ERR_TEXT for texts, BH_ERR_ARGUMENT for neurons that do not exist and
/// counts that cannot be, BH_ERR_DATA for probabilities outside [0, 1].
///
/// Many synapses are made on all threads of the network. A constant probability takes
/// time for the synapses alone, one that depends on j for all pairs.
///
/// Procedural synapses are connected once, and in a way that chooses for each source by
/// itself: by condition, probability, targets, one_to_one or out_degree, whose texts
/// use i, j and constants alone.
BH_API BH_NODISCARD bh_status bh_synapses_connect(bh_synapses *synapses,
                                                  const bh_connect_config *config,
                                                  bh_diag *diag);

/// Removes the synapses for which `condition` is true (NULL: all). It may use the
/// variables of the synapses too. Not while the network runs.
BH_API BH_NODISCARD bh_status bh_synapses_remove(bh_synapses *synapses,
                                                 const char *condition, bh_diag *diag);

BH_END_DECLS

#endif
