/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_GAMMATONE_INTERNAL_H
#define BH_FILTERBANK_GAMMATONE_INTERNAL_H

/* The engines of the gammatone bank (bh_gammatone_engine). `params` are checked. */

#include "filterbank/gammatone.h"

BH_NODISCARD bh_status gammatone_recursive_new(double samplerate_hz,
                                               const double *cf_hz, size_t channels,
                                               const bh_gammatone_params *params,
                                               bh_precision precision,
                                               bh_filterbank **out, bh_diag *diag);
BH_NODISCARD bh_status gammatone_fourier_new(double samplerate_hz, const double *cf_hz,
                                             size_t channels,
                                             const bh_gammatone_params *params,
                                             bh_precision precision,
                                             bh_filterbank **out, bh_diag *diag);
/// Makes both, runs both, and keeps the faster one.
BH_NODISCARD bh_status gammatone_fastest_new(double samplerate_hz, const double *cf_hz,
                                             size_t channels,
                                             const bh_gammatone_params *params,
                                             bh_precision precision,
                                             bh_filterbank **out, bh_diag *diag);

/// The bandwidth of a channel.
double gammatone_width_hz(const bh_gammatone_params *params, const double *cf_hz,
                          size_t ch);

#endif
