/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_RESAMPLE_H
#define BH_SOUNDS_RESAMPLE_H

#include "core/source.h"
#include "core/status.h"
#include "sounds/sound.h"

BH_BEGIN_DECLS

/* From one sample rate to another, through libsoxr (the SoX resampler): linear phase,
 * no delay, and a length of frames * new rate / old rate, rounded. Nothing else in this
 * library changes a sample rate. What lies above half of the lower rate is lost, and
 * the last tenth below it is not quite kept. */

/// How close the result is to the sound, and what it costs. The dB are the least ratio
/// of sound to error of a tone of 1 kHz between rates from 8 to 100 kHz (a test).
typedef enum bh_resample_quality {
    BH_RESAMPLE_LOW,    ///< 16 bit, rolls off early: 70 dB
    BH_RESAMPLE_MEDIUM, ///< 16 bit: 90 dB
    BH_RESAMPLE_HIGH,   ///< 20 bit, single precision: 120 dB
    BH_RESAMPLE_BEST,   ///< 28 bit, double precision: 150 dB
} bh_resample_quality;

/// The whole of a sound at another rate (Hz), as a new sound that the caller frees. The
/// rates are from 1/512 to 512 times each other.
BH_API BH_NODISCARD bh_status bh_sound_resample(const bh_sound *sound,
                                                double samplerate_hz,
                                                bh_resample_quality quality,
                                                bh_sound **out, bh_diag *diag);

/// `input` at another rate (Hz), while it is read, in memory that does not depend on
/// the length: the same bits as bh_sound_resample, however it is read. `input` stays
/// the caller's, must outlive the source and is read by it alone, a few thousand frames
/// ahead. Can rewind where `input` can. Reading may allocate now and then (libsoxr).
BH_API BH_NODISCARD bh_status bh_resample_source(bh_source *input, double samplerate_hz,
                                                 bh_resample_quality quality,
                                                 bh_source **out, bh_diag *diag);

BH_END_DECLS

#endif
