/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_SOUND_H
#define BH_SOUNDS_SOUND_H

#include "core/source.h"
#include "core/status.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// A sound in memory: pressure in pascals, double precision, shape [frames][channels]
/// with no gaps, and its sample rate. It always has at least one frame and one channel.
/// Any number of threads may read one sound; writing is for one thread.
typedef struct bh_sound bh_sound;

/// A silent sound of so many frames and channels, to be filled through bh_sound_data.
BH_API BH_NODISCARD bh_status bh_sound_new(size_t frames, size_t channels,
                                           double samplerate_hz, bh_sound **out,
                                           bh_diag *diag);
/// A sound that holds a copy of `samples_pa`, shape [frames][channels], in pascals.
BH_API BH_NODISCARD bh_status bh_sound_from(const double *samples_pa, size_t frames,
                                            size_t channels, double samplerate_hz,
                                            bh_sound **out, bh_diag *diag);
/// Gives a sound back. NULL is allowed.
BH_API void bh_sound_free(bh_sound *sound);

/// The samples, to be changed: sample (t, ch) is element `t * channels + ch`, in
/// pascals.
BH_API double *bh_sound_data(bh_sound *sound);
/// The samples, to be read: sample (t, ch) is element `t * channels + ch`, in pascals.
BH_API const double *bh_sound_samples(const bh_sound *sound);
BH_API size_t bh_sound_frames(const bh_sound *sound);
BH_API size_t bh_sound_channels(const bh_sound *sound);
/// Frames per second, Hz.
BH_API double bh_sound_samplerate(const bh_sound *sound);
/// Frames divided by the sample rate, s.
BH_API double bh_sound_duration(const bh_sound *sound);

/// Checks that every sample is a finite number; the message says which sample of which
/// channel is the first that is not (BH_ERR_DATA).
BH_API BH_NODISCARD bh_status bh_sound_check(const bh_sound *sound, bh_diag *diag);

/// A new sound that has one channel of `sound`, counted from 0.
BH_API BH_NODISCARD bh_status bh_sound_channel(const bh_sound *sound, size_t channel,
                                               bh_sound **out, bh_diag *diag);
/// A new sound of one channel: the mean of all channels of `sound`.
BH_API BH_NODISCARD bh_status bh_sound_mono(const bh_sound *sound, bh_sound **out,
                                            bh_diag *diag);

/// A source that yields `sound` from its beginning, can rewind, and has its channels.
/// The sound must outlive the source and must not change while the source is read.
BH_API BH_NODISCARD bh_status bh_sound_source(const bh_sound *sound, bh_source **out,
                                              bh_diag *diag);

BH_END_DECLS

#endif
