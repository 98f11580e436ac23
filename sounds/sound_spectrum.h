/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_SOUND_SPECTRUM_H
#define BH_SOUNDS_SOUND_SPECTRUM_H

#include "core/status.h"
#include "sounds/sound.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// How many lines the spectrum of a sound has: one for each whole number of periods in
/// it, from 0 up to half the sample rate. Line k is at k / duration Hz.
BH_API size_t bh_sound_spectrum_lines(const bh_sound *sound);

/// The spectrum of one channel, counted from 0, of the whole sound as it is, without a
/// window. `level_db_spl` gets the level of each line in dB SPL, as that of a tone
/// (their powers together are the power of the channel), and `phase_rad` that of the
/// cosine at 0 s, from -pi to pi; each has room for all lines, or is NULL.
BH_API BH_NODISCARD bh_status bh_sound_spectrum(const bh_sound *sound, size_t channel,
                                                double *level_db_spl, double *phase_rad,
                                                bh_diag *diag);

BH_END_DECLS

#endif
