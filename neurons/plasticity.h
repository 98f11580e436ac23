/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_PLASTICITY_H
#define BH_NEURONS_PLASTICITY_H

#include "neurons/synapses.h"

BH_BEGIN_DECLS

/// Texts for bh_synapses_config: well-known synapses that change with use. They are
/// ordinary texts, to be read, printed or changed; numbers are written into them in SI
/// units. Nothing to free.
typedef struct bh_plasticity {
    char model[600];
    char on_pre[600];
    char on_post[600]; ///< empty: none
} bh_plasticity;

/// Lets a config use the texts, which must live until bh_synapses_new has returned.
BH_API void bh_plasticity_use(const bh_plasticity *texts, bh_synapses_config *config);

/// Which pairs of spikes count: all; for each spike only the nearest one before it on
/// either side; or that rule on one side alone.
typedef enum bh_stdp_pairs {
    BH_STDP_ALL,
    BH_STDP_NEAREST,
    BH_STDP_NEAREST_PRE,  ///< the last presynaptic, all postsynaptic spikes
    BH_STDP_NEAREST_POST, ///< all presynaptic, the last postsynaptic spike
} bh_stdp_pairs;

/// How a change is scaled: by w_max; by w (depression) and w_max - w (potentiation);
/// or depression by w and potentiation by w_max.
typedef enum bh_stdp_update {
    BH_STDP_ADDITIVE,
    BH_STDP_MULTIPLICATIVE,
    BH_STDP_MIXED
} bh_stdp_update;

/// Exponential spike-timing dependent plasticity of pairs: Song, Miller and Abbott
/// 2000, Nat. Neurosci. 3:919, eqs. 1-3; the choices are those of Brian 1's
/// ExponentialSTDP (Morrison, Diesmann and Gerstner 2008, Biol. Cybern. 98:459, review
/// them). Traces: Apre and Apost; at a presynaptic spike Apre grows by a_pre and w
/// changes by Apost, at a postsynaptic one the reverse.
typedef struct bh_stdp_params {
    double tau_pre_s, tau_post_s; ///< of the traces, above 0
    double a_pre, a_post;         ///< steps of the traces; below 0: depression
    bh_stdp_pairs pairs;
    bh_stdp_update update;
    double w_min, w_max; ///< w stays within, SI units
    const char *unit;    ///< of w: "1", "siemens" ...
    const char *effect;  ///< what a presynaptic spike does first, as "ge += w"; or NULL
} bh_stdp_params;

/// 20 ms, a_pre 0.01, a_post -0.0105, all pairs, additive, w from 0 to 1, no effect.
BH_API bh_stdp_params bh_stdp_params_default(void);
/// BH_ERR_ARGUMENT where a number cannot be.
BH_API BH_NODISCARD bh_status bh_stdp(const bh_stdp_params *params, bh_plasticity *out,
                                      bh_diag *diag);

/// The triplet rule: Pfister and Gerstner 2006, J. Neurosci. 26:9673, eqs. 2-5. Traces
/// r1 and r2 of presynaptic, o1 and o2 of postsynaptic spikes; w falls by w_max o1
/// (a2_minus
/// + a3_minus r2) at a presynaptic spike, grows by w_max r1 (a2_plus + a3_plus o2) at a
/// postsynaptic one, with r2 and o2 as they were just before.
typedef struct bh_triplet_params {
    double tau_plus_s, tau_minus_s, tau_x_s, tau_y_s; ///< of r1, o1, r2, o2
    double a2_plus, a2_minus, a3_plus, a3_minus;
    bool nearest; ///< traces are set to 1 by a spike, not increased by it
    double w_min, w_max;
    const char *unit, *effect; ///< as in bh_stdp_params
} bh_triplet_params;

/// Visual cortex, all spikes: table 4 of the paper, full model.
BH_API bh_triplet_params bh_triplet_params_default(void);
BH_API BH_NODISCARD bh_status bh_triplet(const bh_triplet_params *params,
                                         bh_plasticity *out, bh_diag *diag);

/// Plasticity that waits for a reward: Izhikevich 2007, Cereb. Cortex 17:2443. Pairs of
/// spikes change an eligibility trace c, as bh_stdp changes w; dw/dt is w_max c times
/// the reward, a variable of the postsynaptic neurons.
typedef struct bh_reward_params {
    double tau_pre_s, tau_post_s, a_pre, a_post;
    double tau_c_s;     ///< of the trace c
    const char *reward; ///< the postsynaptic neurons' variable, Hz: "dopamine"
    double w_min, w_max;
    const char *unit, *effect; ///< as in bh_stdp_params
} bh_reward_params;

/// 20 ms, a_pre 1, a_post -1.5, tau_c 1 s, "dopamine", w from 0 to 1.
BH_API bh_reward_params bh_reward_params_default(void);
BH_API BH_NODISCARD bh_status bh_reward(const bh_reward_params *params,
                                        bh_plasticity *out, bh_diag *diag);

/// Short-term depression and facilitation: Tsodyks, Pawelzik and Markram 1998, Neural
/// Comput. 10:821, eqs. 2.2-2.3 (Brian 1's STP). The text has a variable `release`, u x
/// of the paper as a spike finds it, for the effect: "ge += w*release". It keeps 1 - x
/// as `used` and u - U as `raised`, so that fresh synapses are at rest.
typedef struct bh_short_term_params {
    double tau_rec_s, tau_facil_s; ///< recovery; facilitation, 0: none
    double u;                      ///< part of the resources that a first spike uses
    const char *unit, *effect;     ///< as in bh_stdp_params
} bh_short_term_params;

/// 800 ms, no facilitation, u 0.5: a depressing synapse; no effect.
BH_API bh_short_term_params bh_short_term_params_default(void);
BH_API BH_NODISCARD bh_status bh_short_term(const bh_short_term_params *params,
                                            bh_plasticity *out, bh_diag *diag);

BH_END_DECLS

#endif
