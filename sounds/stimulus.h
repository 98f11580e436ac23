/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_STIMULUS_H
#define BH_SOUNDS_STIMULUS_H

#include "core/source.h"
#include "core/status.h"
#include "sounds/generate.h"
#include "sounds/ramp.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/* The sounds of sounds/generate.h and sounds/noise.h, with modulation, level and ramps,
 * from one set of parameters: what command lines and model files say of them. */

/// Which sound.
typedef enum bh_stimulus_kind {
    BH_STIMULUS_TONE,
    BH_STIMULUS_HARMONIC, ///< a harmonic complex
    BH_STIMULUS_WHITE,
    BH_STIMULUS_PINK,
    BH_STIMULUS_BROWN,
    BH_STIMULUS_POWERLAW,
    BH_STIMULUS_IRNS, ///< iterated rippled noise, add same
    BH_STIMULUS_IRNO, ///< the same, add original
    BH_STIMULUS_CLICK,
    BH_STIMULUS_CLICKS,
    BH_STIMULUS_SILENCE,
    BH_STIMULUS_VOWEL,
    BH_STIMULUS_SWEEP,
    BH_STIMULUS_KINDS
} bh_stimulus_kind;

/// Values that last as long as the call they are given to; none where `count` is 0.
typedef struct bh_stimulus_values {
    const double *value;
    size_t count;
} bh_stimulus_values;

/// As many channels as a tone has frequencies, phases or levels.
#define BH_STIMULUS_CHANNELS_AUTO ((size_t)-1)

/// What is said of a stimulus; a kind looks at what it has a use for.
typedef struct bh_stimulus_params {
    double duration_s; ///< NAN: 1 s, and a click as long as it is wide
    double samplerate_hz;
    size_t channels;
    uint64_t seed;                   ///< of noises
    bh_stimulus_values frequency_hz; ///< of a tone, one or one for each channel (none:
                                     ///< 1 kHz); a harmonic's fundamental (200 Hz);
                                     ///< where a sweep begins (100 Hz)
    bh_stimulus_values phase_rad;    ///< tone, sweep, or one for each harmonic; none: 0
    bh_stimulus_values amplitude_pa; ///< peak of each harmonic; none: 1 Pa
    size_t harmonics;                ///< how many, or BH_HARMONICS_ALL
    double to_hz;                    ///< where a sweep ends
    bh_sweep_kind glide;             ///< how it gets there
    double exponent;                 ///< of power-law noise
    double delay_s, gain;            ///< of rippled noise (struct bh_ripple)
    size_t iterations;               ///< the same
    double width_s;                  ///< of a click; NAN: one frame
    double peak_db_spl;              ///< of a click; NAN: 1 Pa
    size_t clicks;                   ///< how many in a train
    double interval_s;               ///< from onset to onset
    double pitch_hz;                 ///< of a vowel
    const char *vowel;               ///< "a", "i" or "u" where there are no formants
    bh_stimulus_values formants_hz;  ///< of a vowel
    double fm_rate_hz;               ///< of a tone; NAN: 5 Hz where it deviates
    double fm_deviation_hz;          ///< NAN: a tenth where there is a rate
    double am_rate_hz;               ///< NAN: 5 Hz where there is a depth
    double am_depth;                 ///< NAN: 1 where there is a rate
    bh_stimulus_values level_db_spl; ///< RMS before the ramps: one, or one for each
                                     ///< channel; none: as it is made
    double ramp_s;                   ///< at both ends; 0: none
    bh_ramp_form ramp_form;
    /// Called now and then while the sound is made or measured; a status other than
    /// BH_OK ends it with that status. May be NULL.
    bh_status (*check)(void *user, bh_diag *diag);
    void *user;
} bh_stimulus_params;

/// What each member above says of its default, and no modulation, level or ramp.
BH_API bh_stimulus_params bh_stimulus_params_default(void);

/// A word for each kind, such as "tone", ended by NULL.
BH_API extern const char *const bh_stimulus_names[BH_STIMULUS_KINDS + 1];

/// A source of such a sound, made while it is read but for the noises other than white,
/// and able to rewind. A level is set over the whole of it, so that it is made once
/// before. Values that do not fit each other, or the sound, are BH_ERR_ARGUMENT.
BH_API BH_NODISCARD bh_status bh_stimulus_source(bh_stimulus_kind kind,
                                                 const bh_stimulus_params *params,
                                                 bh_source **out, bh_diag *diag);

BH_END_DECLS

#endif
