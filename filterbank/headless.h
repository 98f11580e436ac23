/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_HEADLESS_H
#define BH_FILTERBANK_HEADLESS_H

/* Two ears without a head between them: responses that are nothing but delays, which is
 * HeadlessDatabase of brian2hears. */

#include "core/status.h"
#include "sounds/hrtf.h"

#include <stdbool.h>

BH_BEGIN_DECLS

/// The speed of sound that HeadlessDatabase takes, m/s: that of air at 20 degrees.
#define BH_SPEED_OF_SOUND 343.2

typedef struct bh_headless_params {
    size_t count;           ///< of azimuths, at least 2, or of `itd_s`
    double azimuth_max_deg; ///< they are equally spaced from -this (left) to this
                            ///< (right), so positive is right, unlike in bh_direction
    double diameter_m; ///< between the ears; itd = diameter sin(azimuth) / 343.2 m/s
    /// Interaural time differences instead of azimuths, positive where the left ear
    /// hears later; `count` of them, or NULL. Such a set has no directions.
    const double *itd_s;
    double samplerate_hz;
    /// False: the later ear comes the difference, rounded to whole samples, after the
    /// other, which has no delay. True: both are moved by half of it, exactly, as
    /// filterbank/fractional_delay.h does it, and half that filter's length later.
    bool fractional;
} bh_headless_params;

/// 13 azimuths from -90 to 90 degrees, ears that are 650 us apart, whole samples, 44.1
/// kHz.
BH_API bh_headless_params bh_headless_params_default(void);

/// A set in the order of its azimuths, from left to right. Directions are in the
/// horizontal plane, at any distance.
BH_API BH_NODISCARD bh_status bh_headless_new(const bh_headless_params *params,
                                              bh_hrtf_set **out, bh_diag *diag);
/// The interaural time difference of pair `i`, s: positive where the left ear hears
/// later.
BH_API double bh_headless_itd(const bh_headless_params *params, size_t i);

BH_END_DECLS

#endif
