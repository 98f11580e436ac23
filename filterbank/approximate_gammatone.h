/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_APPROXIMATE_GAMMATONE_H
#define BH_FILTERBANK_APPROXIMATE_GAMMATONE_H

/* The gammatone filter as a chain of equal real filters of second order: each is the
 * real part of the complex one-pole filter of Hohmann, Acta Acustica 88 (2002), eq. 1,
 * with gain 1 at the centre frequency. This is the gammatone of Meddis' MAP and of its
 * DRNL filters, and ApproximateGammatone of brian2hears. Its zeros differ from those of
 * the filter in filterbank/gammatone.h, which is nearer to the gammatone itself. */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// The order of the gammatone of Hohmann, MAP and brian2hears.
#define BH_APPROXIMATE_GAMMATONE_ORDER 4

/// A bank of `channels` chains of `order` filters at `cf_hz` whose envelope falls by
/// exp(-2 pi bandwidth_hz t): for a gammatone of order 4 `bandwidth_hz` is 1.019 times
/// the ERB. Both are copied, one for each channel.
///
/// Every cf must be above 0 and below half of `samplerate_hz`, every bandwidth above 0;
/// `order` is 1 to 1000. Single precision stays within 1e-5 of the largest output of a
/// channel.
BH_API BH_NODISCARD bh_status bh_approximate_gammatone_new(
    double samplerate_hz, const double *cf_hz, const double *bandwidth_hz,
    size_t channels, size_t order, bh_precision precision, bh_filterbank **out,
    bh_diag *diag);

BH_END_DECLS

#endif
