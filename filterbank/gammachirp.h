/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_GAMMACHIRP_H
#define BH_FILTERBANK_GAMMACHIRP_H

/* The gammachirp t^3 exp(-2 pi b ERB(f) t) cos(2 pi f t + c ln t) of Irino and
 * Patterson, J. Acoust. Soc. Am. 101 (1997), as a gammatone filter and the asymmetric
 * compensation filters of Unoki, Irino and Patterson, Acoust. Sci. Tech. 22 (2001),
 * which approximate the factor exp(c atan((f' - f) / (b ERB(f)))) of its spectrum:
 * LogGammachirp and AsymmetricCompensation of brian2hears. */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"
#include "filterbank/iir.h"

#include <stddef.h>

BH_BEGIN_DECLS

typedef struct bh_gammachirp_params {
    double b;      ///< bandwidth parameter in ERBs
    double c;      ///< chirp: below 0 the frequency rises towards f, above 0 it falls
    size_t stages; ///< compensation filters in a row; the published fit is for 4
    const double *b_channel, *c_channel; ///< one for each channel instead, or NULL
} bh_gammachirp_params;

/// b 1.019, c 1 and 4 stages, as in brian2hears. Irino and Patterson (2006) take b 1.81
/// and c -2.96 for the passive human cochlea.
BH_API bh_gammachirp_params bh_gammachirp_params_default(void);

/// A bank of `channels` gammachirp filters. `f_hz` (copied) are the frequencies where
/// their glides end and where their gain is 1; the gain is greatest at about f + c b
/// ERB(f) / 4. `params` NULL means the defaults.
///
/// Every f must be above 0 and below half of `samplerate_hz`, b between 0 and 12.6 and
/// c between -6.04 and 6.04, beyond which the fit has no stable filter. Single
/// precision stays within 2e-5 of the largest output of a channel.
BH_API BH_NODISCARD bh_status bh_log_gammachirp_new(double samplerate_hz,
                                                    const double *f_hz, size_t channels,
                                                    const bh_gammachirp_params *params,
                                                    bh_precision precision,
                                                    bh_filterbank **out, bh_diag *diag);

/// A bank of the compensation filters alone, to go behind a gammatone bank; gain 1 at
/// `f_hz`.
BH_API BH_NODISCARD bh_status bh_asymmetric_compensation_new(
    double samplerate_hz, const double *f_hz, size_t channels,
    const bh_gammachirp_params *params, bh_precision precision, bh_filterbank **out,
    bh_diag *diag);

/// Stage `stage` (from 0) of the compensation filter at `f_hz`, gain 1 there.
BH_API bh_iir_section bh_asymmetric_compensation_design(double samplerate_hz,
                                                        double f_hz, double b, double c,
                                                        size_t stage);

BH_END_DECLS

#endif
