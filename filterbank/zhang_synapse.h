/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_ZHANG_SYNAPSE_H
#define BH_FILTERBANK_ZHANG_SYNAPSE_H

/* The synapse between inner hair cell and auditory nerve of Zhang, Heinz, Bruce and
 * Carney, "A phenomenological model for the responses of auditory-nerve fibers: I.
 * Nonlinear tuning with compression and suppression", JASA 109 (2001) 648-670, eqs. 17
 * and 18 and appendix: three stores in a row, an immediate, a local and a global one of
 * fixed concentration. The potential V opens the way out of the first,
 *     P_I = p1 ln(1 + exp(p2 V)),                    rate = P_I C_I,
 *     V_I dC_I/dt = -P_I C_I + P_L (C_L - C_I),
 *     V_L dC_L/dt = -P_L (C_L - C_I) + P_G (C_G - C_L),
 * one Euler step a sample, from rest. The volumes and the other P follow from the rates
 * and time constants below (eqs. A1 to A15, Westerman and Smith 1988). */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"

#include <stdbool.h>
#include <stddef.h>

BH_BEGIN_DECLS

typedef struct bh_zhang_synapse_params {
    double spontaneous;      ///< spikes/s at rest
    double steady;           ///< A_SS, spikes/s of a steady loud sound
    double onset_ratio;      ///< PTS, A_ON / A_SS
    double rapid_ratio;      ///< A_R / A_ST, rapid to short-term part of the onset
    double tau_short_s;      ///< short-term adaptation
    double tau_rapid_s;      ///< rapid adaptation
    double permeability;     ///< P_Imax
    bool local_as_immediate; ///< V_I in place of V_L: brian2hears
} bh_zhang_synapse_params;

/// 50 and 130 spikes/s (as in the authors' program and brian2hears; the paper has 350),
/// 8.627, 6, 60 ms, 2 ms, 0.6.
BH_API bh_zhang_synapse_params bh_zhang_synapse_params_default(void);
/// As brian2hears, which computes V_L and then takes V_I in its place, so that the
/// local store, and with it short-term adaptation, is too fast.
BH_API bh_zhang_synapse_params bh_zhang_synapse_params_brian2hears(void);

/// Synapses of fibres at `cf_hz` for the potential of inner hair cells
/// (bh_tan_carney_new); what comes out is the rate in spikes/s, before refractoriness.
/// `params` NULL means the defaults. p2 grows with cf as in the authors' program.
///
/// The sample rate must let an Euler step take less than a store has (a message says
/// which would); where a huge potential would still take more, the stores go where they
/// settle. Computed in
/// double in either precision, the blocks alone are single.
BH_API BH_NODISCARD bh_status
bh_zhang_synapse_new(double samplerate_hz, const double *cf_hz, size_t channels,
                     const bh_zhang_synapse_params *params, bh_precision precision,
                     bh_filterbank **out, bh_diag *diag);

BH_END_DECLS

#endif
