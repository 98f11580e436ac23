/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_DCGC_H
#define BH_FILTERBANK_DCGC_H

/* The dynamic compressive gammachirp filterbank of Irino and Patterson, "A dynamic
 * compressive gammachirp auditory filterbank", IEEE Trans. Audio Speech Lang. Process.
 * 14 (2006) 2222-2232. A passive gammachirp (gammatone at cf with b1, then asymmetric
 * compensation with c1) is followed by an asymmetric compensation filter (b2, c2) whose
 * frequency fr2 = (frat0 + frat1 L) fp1 follows the level L in dB, fp1 = cf + c1 b1
 * ERB(cf) / order being where the passive filter peaks. L comes from places lct_erb
 * higher up: from the passive gammachirp there and the same through a fixed filter at
 * frat_control fp1, both half-wave rectified, rising at once and falling by half in
 * half_life_s:
 *     L = 20 log10(w ref (P1 / ref)^pwr1 + (1 - w) ref (P2 / ref)^pwr2) + rms_db.
 * Asymmetric compensation: four second-order filters with gain 1 at their frequency, of
 * Unoki, Irino and Patterson, Acoust. Sci. Tech. 22 (2001) 395-397. As in brian2hears
 * and AIM the passive filter is recursive, where Irino's own program has an FIR filter,
 * and the output is not normalised to the reference level. */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"

#include <stdbool.h>
#include <stddef.h>

BH_BEGIN_DECLS

typedef struct bh_dcgc_params {
    double b1, c1;       ///< passive gammachirp
    double b2, c2;       ///< asymmetric compensation that follows the level
    double order;        ///< of the gammachirp, in fp1; the filter itself has order 4
    double frat0, frat1; ///< fr2 over fp1: at 0 dB, and its growth for each dB
    double frat_control; ///< the same of the fixed filter of the level path
    double lct_erb;      ///< how far up the level is taken
    double half_life_s;  ///< of the level
    double level_weight; ///< w, 0 to 1
    double level_ref;    ///< ref, in units of the level path
    double level_power1, level_power2;
    double rms_db;          ///< dB SPL of a level of 1 in those units
    double level_scale;     ///< those units for each unit of input
    size_t update_interval; ///< samples from one change of the filter to the next
    bool level_of_updates;  ///< the level hears only the sample before each change
} bh_dcgc_params;

/// Irino and Patterson (2006), as in their program GCFB: b1 1.81, c1 -2.96, b2 2.17,
/// c2 2.2, frat 0.466
/// + 0.0109 L, ref at 50 dB, for sound in Pa, filters changing after every sample.
BH_API bh_dcgc_params bh_dcgc_params_default(void);

/// As brian2hears (and AIM): frat 0.233 + 0.005 L. Its mistakes too: ref is 50 for 10,
/// the number of dB and not what they mean; a level of 1 is 30 dB whatever the unit of
/// the sound, so that in Pa it hardly compresses at all; and between changes more
/// than a sample apart the level is not heard and falls by one sample's worth.
BH_API bh_dcgc_params bh_dcgc_params_brian2hears(void);

/// A bank of filters at `cf_hz`, evenly spaced on the ERB scale if the level is to be
/// taken where it should: the distance in channels is lct_erb over the mean spacing.
/// `params` NULL means the defaults.
///
/// Every fp1 must be above 0, by default cf above 39 Hz. The filters are computed in
/// double in either precision, the blocks alone are single. The passive filters of the
/// whole bank run before the tiles do.
BH_API BH_NODISCARD bh_status bh_dcgc_new(double samplerate_hz, const double *cf_hz,
                                          size_t channels, const bh_dcgc_params *params,
                                          bh_precision precision, bh_filterbank **out,
                                          bh_diag *diag);

BH_END_DECLS

#endif
