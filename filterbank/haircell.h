/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_HAIRCELL_H
#define BH_FILTERBANK_HAIRCELL_H

/* The inner hair cell of Meddis, "Simulation of mechanical to neural transduction in
 * the auditory receptor", JASA 79 (1986) 702-711, and JASA 83 (1988) 1056-1063; values
 * of 1990 from Meddis, Hewitt and Shackleton, JASA 87 (1990) 1813-1816 (as the Auditory
 * Toolbox and AMT have them; the papers themselves were not seen). Sound lets
 * transmitter out of a store q into the cleft c, where some is lost and some taken back
 * through a reprocessing store w:
 *     k = g (s + A) / (s + A + B), or 0 where s + A <= 0,
 *     dq/dt = y (M - q) + x w - k q    (no y (M - q) where q is above M),
 *     dc/dt = k q - (l + r) c,
 *     dw/dt = r c - x w,
 * and the fibre fires at the rate h c. One Euler step a sample, from rest. */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"

#include <stddef.h>

BH_BEGIN_DECLS

/* The letters are the papers'. */
typedef struct bh_haircell_params {
    double scale; ///< the paper's s for each unit of input
    double a, b;  ///< A and B: how permeable the membrane is for which s
    double g;     ///< 1/s, largest release
    double y;     ///< 1/s, replenishment
    double l;     ///< 1/s, loss from the cleft
    double r;     ///< 1/s, return from the cleft
    double x;     ///< 1/s, reprocessing
    double m;     ///< M: what the store holds when full
    double h;     ///< spikes/s for each unit of transmitter in the cleft
} bh_haircell_params;

typedef enum bh_haircell_kind {
    BH_HAIRCELL_MEDDIS_1986,
    BH_HAIRCELL_MEDDIS_1988,
    BH_HAIRCELL_HIGH_1990,   ///< high spontaneous rate, 65 spikes/s
    BH_HAIRCELL_MEDIUM_1990, ///< medium spontaneous rate, 15 spikes/s
} bh_haircell_kind;

/// A published set. The papers call the level of s with an rms of 1 30 dB SPL, so the
/// scale is 1581 for each Pa, for banks whose gain at cf is 1.
BH_API bh_haircell_params bh_haircell_params_default(bh_haircell_kind kind);

/// The rate at rest in spikes/s: h M y k / (l k + y (l + r)) with k = g A / (A + B).
BH_API double bh_haircell_spontaneous(bh_haircell_params params);

/// Hair cells for the channels of a cochlea; what comes out is the rate of firing in
/// spikes/s, before any refractoriness. `cf_hz` is for bh_filterbank_cf only (copied;
/// NULL makes them 0). `params` NULL means high spontaneous rate, 1990.
///
/// Each rate constant, and l + r, must be below the sample rate, or an Euler step would
/// take more than there is: 1986 and 1988 need 18 kHz. Single precision carries what
/// its sums lose and stays within 2e-6 of the largest rate.
BH_API BH_NODISCARD bh_status bh_haircell_new(double samplerate_hz, const double *cf_hz,
                                              size_t channels,
                                              const bh_haircell_params *params,
                                              bh_precision precision,
                                              bh_filterbank **out, bh_diag *diag);

BH_END_DECLS

#endif
