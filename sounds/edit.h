/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_EDIT_H
#define BH_SOUNDS_EDIT_H

#include "core/status.h"
#include "sounds/sound.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/* Cutting, joining and scaling sounds. What has an `out` makes a new sound that the
 * caller frees and leaves what it was given as it was; the others change the sound in
 * place. Times are rounded to the nearest frame.
 *
 * Sounds that are put together must have one sample rate, or the call fails
 * (BH_ERR_ARGUMENT): nothing is resampled. Where one of them has a single channel and
 * others have more, it is taken for every channel. */

/// From `start_s` up to `stop_s`. What lies before the beginning or after the end of
/// the sound is silent, so both may be anywhere; at least one frame must be between.
BH_API BH_NODISCARD bh_status bh_sound_slice(const bh_sound *sound, double start_s,
                                             double stop_s, bh_sound **out,
                                             bh_diag *diag);
/// Every `step`th frame from `first` on, up to but without `end`; silent where there is
/// none. With a step below 0 backwards, so that `end` lies before `first`: (9, -1, -1)
/// turns a sound of ten frames round. The sample rate stays, so steps of 2 play twice
/// as fast, an octave higher.
BH_API BH_NODISCARD bh_status bh_sound_slice_frames(const bh_sound *sound,
                                                    int64_t first, int64_t end,
                                                    int64_t step, bh_sound **out,
                                                    bh_diag *diag);
/// Copies `part` over what the sound has from `start_s` on. All of it must fit in, and
/// have the channels of the sound or one, which is then taken for all.
BH_API BH_NODISCARD bh_status bh_sound_put(bh_sound *sound, double start_s,
                                           const bh_sound *part, bh_diag *diag);
/// With silence before and after. Negative times cut off instead.
BH_API BH_NODISCARD bh_status bh_sound_pad(const bh_sound *sound, double before_s,
                                           double after_s, bh_sound **out,
                                           bh_diag *diag);

/// Later by `delay_s`, rounded to whole frames: with silence before it, or, where the
/// delay is negative, without its beginning.
BH_API BH_NODISCARD bh_status bh_sound_shift(const bh_sound *sound, double delay_s,
                                             bh_sound **out, bh_diag *diag);
/// Later by exactly `delay_s`, also between frames: the sinc function, moved by the
/// part of a frame that is left over, under a Kaiser window of 512 frames (beta 10). Up
/// to 0.48 of the sample rate gain and phase are right within 1e-5 (-100 dB). The sound
/// gets longer or shorter by the delay, rounded up to a frame; up to 256 frames of
/// ringing before the beginning and after the end are cut off. A whole number of frames
/// is the same as bh_sound_shift. Source: Laakso et al. (1996), IEEE Signal Process.
/// Mag. 13(1):30, section "Windowing".
BH_API BH_NODISCARD bh_status bh_sound_shift_exactly(const bh_sound *sound,
                                                     double delay_s, bh_sound **out,
                                                     bh_diag *diag);

/// `times` times, one after the other.
BH_API BH_NODISCARD bh_status bh_sound_repeat(const bh_sound *sound, size_t times,
                                              bh_sound **out, bh_diag *diag);
/// One sound after the other, with `gap_s` of silence between them.
BH_API BH_NODISCARD bh_status bh_sound_sequence(const bh_sound *const *sounds,
                                                size_t count, double gap_s,
                                                bh_sound **out, bh_diag *diag);
/// The sum of two sounds; the shorter one is silent after its end.
BH_API BH_NODISCARD bh_status bh_sound_mix(const bh_sound *a, const bh_sound *b,
                                           bh_sound **out, bh_diag *diag);
/// The product of two sounds, such as a carrier and an envelope without a unit; the
/// shorter one is silent after its end.
BH_API BH_NODISCARD bh_status bh_sound_multiply(const bh_sound *a, const bh_sound *b,
                                                bh_sound **out, bh_diag *diag);

/// Multiplies the whole sound by 10^(gain / 20); -infinity silences it.
BH_API BH_NODISCARD bh_status bh_sound_gain(bh_sound *sound, double gain_db,
                                            bh_diag *diag);

/// A copy that bh_level_set has set to `level_db_spl`.
BH_API BH_NODISCARD bh_status bh_sound_atlevel(const bh_sound *sound,
                                               double level_db_spl, bh_sound **out,
                                               bh_diag *diag);
/// Sets each channel to a level of its own, dB SPL: one number for each channel. If a
/// channel is silent or a level is no number, nothing is changed.
BH_API BH_NODISCARD bh_status bh_sound_set_levels(bh_sound *sound,
                                                  const double *levels_db_spl,
                                                  bh_diag *diag);
/// The level of the loudest channel, dB SPL; -infinity where all are silent.
BH_API double bh_sound_maxlevel(const bh_sound *sound);
/// Multiplies the whole sound by one factor so that its loudest channel has this level;
/// level differences between channels stay.
BH_API BH_NODISCARD bh_status bh_sound_set_maxlevel(bh_sound *sound,
                                                    double level_db_spl, bh_diag *diag);

BH_END_DECLS

#endif
