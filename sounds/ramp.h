/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_RAMP_H
#define BH_SOUNDS_RAMP_H

#include "core/status.h"
#include "sounds/sound.h"

BH_BEGIN_DECLS

/// Which end of a sound: may be joined with |.
typedef enum bh_ramp_end {
    BH_RAMP_ONSET = 1,
    BH_RAMP_OFFSET = 2,
    BH_RAMP_BOTH = 3
} bh_ramp_end;

/// How a ramp rises over its time x from 0 to 1; an offset is the same backwards.
typedef enum bh_ramp_form {
    BH_RAMP_COSINE_SQUARED, ///< sin^2(pi x / 2): raised cosine, half a Hann window
    BH_RAMP_LINEAR,         ///< x
    BH_RAMP_SINE,           ///< sin(pi x / 2): two that cross keep their power
    BH_RAMP_BLACKMAN,       ///< half a Blackman window: less splatter, steeper
    BH_RAMP_ENVELOPE,       ///< a function of the caller
} bh_ramp_form;

/// A ramp.
typedef struct bh_ramp {
    bh_ramp_end end;
    bh_ramp_form form;
    double duration_s;
    /// For BH_RAMP_ENVELOPE: the factor at x from 0 to 1, a finite number.
    double (*envelope)(double x, void *data);
    void *data; ///< handed to `envelope`
} bh_ramp;

/// Both ends, cosine squared, 10 ms.
BH_API bh_ramp bh_ramp_default(void);

/// Multiplies the ends of a sound by a ramp, in place and in every channel. The ramp
/// lasts a whole number of frames n and frame t has x = t / (n - 1), so that it begins
/// with 0 and ends with 1 (a ramp of one frame is 0). It may not be longer than the
/// sound; two ramps may overlap. 0 s changes nothing.
BH_API BH_NODISCARD bh_status bh_sound_ramp(bh_sound *sound, const bh_ramp *ramp,
                                            bh_diag *diag);

BH_END_DECLS

#endif
