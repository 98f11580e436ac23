/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_STREAM_H
#define BH_SOUNDS_STREAM_H

#include "core/source.h"
#include "core/status.h"
#include "sounds/generate.h"
#include "sounds/sound.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/* The sounds of sounds/generate.h and white noise as sources: made while they are read,
 * in memory that does not depend on how long they last, and able to rewind. They yield
 * the same bits as the sounds in memory, which are made through them. What they are
 * given is copied.
 *
 * Where a duration is INFINITY the source never ends (its length is BH_LENGTH_UNKNOWN);
 * sweeps and vowels need an end. Power-law and rippled noises are made from a spectrum
 * as a whole, so there are no such sources. */

BH_API BH_NODISCARD bh_status bh_silence_source(const bh_sound_shape *shape,
                                                bh_source **out, bh_diag *diag);
/// As bh_sound_tone.
BH_API BH_NODISCARD bh_status bh_tone_source(const bh_sound_shape *shape,
                                             double frequency_hz, double phase_rad,
                                             bh_source **out, bh_diag *diag);
/// As bh_sound_tones.
BH_API BH_NODISCARD bh_status bh_tones_source(const bh_sound_shape *shape,
                                              const double *frequency_hz,
                                              const double *phase_rad, bh_source **out,
                                              bh_diag *diag);
/// As bh_sound_harmonic.
BH_API BH_NODISCARD bh_status bh_harmonic_source(const bh_sound_shape *shape,
                                                 const bh_harmonics *harmonics,
                                                 bh_source **out, bh_diag *diag);
/// As bh_sound_click.
BH_API BH_NODISCARD bh_status bh_click_source(const bh_sound_shape *shape,
                                              double peak_pa, bh_source **out,
                                              bh_diag *diag);
/// As bh_sound_clicks.
BH_API BH_NODISCARD bh_status bh_clicks_source(const bh_sound_shape *shape,
                                               const bh_clicks *clicks, bh_source **out,
                                               bh_diag *diag);
/// As bh_sound_sweep.
BH_API BH_NODISCARD bh_status bh_sweep_source(const bh_sound_shape *shape,
                                              const bh_sweep *sweep, bh_source **out,
                                              bh_diag *diag);
/// As bh_sound_warble.
BH_API BH_NODISCARD bh_status bh_warble_source(const bh_sound_shape *shape,
                                               const bh_warble *warble, bh_source **out,
                                               bh_diag *diag);
/// As bh_sound_vowel. It is made once to find its peak, then again while it is read.
BH_API BH_NODISCARD bh_status bh_vowel_source(const bh_sound_shape *shape,
                                              double pitch_hz,
                                              const double *formants_hz,
                                              size_t formants, bh_source **out,
                                              bh_diag *diag);
/// As bh_sound_white.
BH_API BH_NODISCARD bh_status bh_white_source(const bh_sound_shape *shape,
                                              uint64_t seed, bh_source **out,
                                              bh_diag *diag);

/// A pressure in Pa at time `t_s`, for one channel.
typedef double bh_sound_function(double t_s, size_t channel, void *data);

/// A sound from a formula of one's own: `function` is called once for each sample, in
/// order, by the thread that reads; what is not a finite number is BH_ERR_DATA. `data`
/// is handed on.
BH_API BH_NODISCARD bh_status bh_function_source(const bh_sound_shape *shape,
                                                 bh_sound_function *function,
                                                 void *data, bh_source **out,
                                                 bh_diag *diag);

/// All that is left of a source as a sound in memory (BH_ERR_MEMORY where it is more
/// than that holds), at least one frame.
BH_API BH_NODISCARD bh_status bh_sound_from_source(bh_source *source, bh_sound **out,
                                                   bh_diag *diag);

BH_END_DECLS

#endif
