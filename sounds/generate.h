/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_GENERATE_H
#define BH_SOUNDS_GENERATE_H

#include "core/status.h"
#include "sounds/sound.h"

#include <stddef.h>

BH_BEGIN_DECLS

/* Sounds from formulas. Each function makes a new sound that the caller frees. Peaks
 * are 1 Pa where nothing else is said; bh_level_set gives a sound its level in dB SPL,
 * bh_sound_ramp its ramps. Frequencies lie between 0 and half the sample rate, or the
 * call fails (BH_ERR_ARGUMENT): above that they would sound as others. Time starts at
 * 0 s; phases are in radians and belong to a sine. The noises are in sounds/noise.h. */

/// The size of a sound that is to be made.
typedef struct bh_sound_shape {
    double duration_s; ///< rounded to the nearest whole number of frames, at least 1
    size_t channels;
    double samplerate_hz;
} bh_sound_shape;

/// One channel of 1 s at 44.1 kHz.
BH_API bh_sound_shape bh_sound_shape_default(void);

/// Zeros.
BH_API BH_NODISCARD bh_status bh_sound_silence(const bh_sound_shape *shape,
                                               bh_sound **out, bh_diag *diag);

/// sin(2 pi f t + phase), the same in every channel.
BH_API BH_NODISCARD bh_status bh_sound_tone(const bh_sound_shape *shape,
                                            double frequency_hz, double phase_rad,
                                            bh_sound **out, bh_diag *diag);
/// A tone of its own in each channel: one frequency and one phase for each. `phase_rad`
/// may be NULL for zeros.
BH_API BH_NODISCARD bh_status bh_sound_tones(const bh_sound_shape *shape,
                                             const double *frequency_hz,
                                             const double *phase_rad, bh_sound **out,
                                             bh_diag *diag);

/// As many harmonics as there are up to half the sample rate.
#define BH_HARMONICS_ALL ((size_t)-1)

/// Which harmonics a complex tone has.
typedef struct bh_harmonics {
    double f0_hz;               ///< harmonic h, counted from 1, has h times this
    size_t count;               ///< how many, or BH_HARMONICS_ALL
    const double *amplitude_pa; ///< peak of each; NULL: 1 Pa. Not with BH_HARMONICS_ALL
    const double *phase_rad;    ///< of each; NULL: 0. Not with BH_HARMONICS_ALL
} bh_harmonics;

/// A sum of harmonics, the same in every channel.
BH_API BH_NODISCARD bh_status bh_sound_harmonic(const bh_sound_shape *shape,
                                                const bh_harmonics *harmonics,
                                                bh_sound **out, bh_diag *diag);

/// A click: `peak_pa` for the whole of the sound. For a peak in dB SPL take
/// bh_level_to_rms: 80 dB are 0.2 Pa.
BH_API BH_NODISCARD bh_status bh_sound_click(const bh_sound_shape *shape,
                                             double peak_pa, bh_sound **out,
                                             bh_diag *diag);

/// A train of clicks.
typedef struct bh_clicks {
    size_t count;
    double interval_s; ///< onset to onset, rounded to whole frames, so all are equal
    double peak_pa;
} bh_clicks;

/// Clicks that last as long as `shape` says, each at the beginning of an interval. The
/// sound has `count` intervals. A click is not longer than an interval.
BH_API BH_NODISCARD bh_status bh_sound_clicks(const bh_sound_shape *shape,
                                              const bh_clicks *clicks, bh_sound **out,
                                              bh_diag *diag);

/// How a sweep's frequency runs: so many Hz each second, or so many octaves.
typedef enum bh_sweep_kind { BH_SWEEP_LINEAR, BH_SWEEP_LOGARITHMIC } bh_sweep_kind;

/// A tone whose frequency glides.
typedef struct bh_sweep {
    bh_sweep_kind kind;
    double from_hz;   ///< at 0 s; above 0 where the sweep is logarithmic
    double to_hz;     ///< at the end; the same
    double phase_rad; ///< at 0 s
} bh_sweep;

/// A sweep, the same in every channel: the sine of the integral of the frequency.
/// Source of the logarithmic one: Farina (2000), 108th AES Convention, preprint 5093.
BH_API BH_NODISCARD bh_status bh_sound_sweep(const bh_sound_shape *shape,
                                             const bh_sweep *sweep, bh_sound **out,
                                             bh_diag *diag);

/// A tone whose frequency swings around its carrier.
typedef struct bh_warble {
    double carrier_hz;
    double deviation_hz; ///< how far the frequency swings to either side
    double rate_hz;      ///< how often, above 0
    double phase_rad;    ///< of the carrier at 0 s
} bh_warble;

/// Sinusoidal frequency modulation, the same in every channel: the frequency at time t
/// is carrier + deviation * sin(2 pi rate t), and stays within 0 and half the rate.
BH_API BH_NODISCARD bh_status bh_sound_warble(const bh_sound_shape *shape,
                                              const bh_warble *warble, bh_sound **out,
                                              bh_diag *diag);

/// Sinusoidal amplitude modulation: multiplies all channels by 1 + depth * sin(2 pi
/// rate t + phase), depth from 0 to 1, and leaves it to the caller to set the level
/// again. Source: Viemeister (1979), J. Acoust. Soc. Am. 66:1364.
BH_API BH_NODISCARD bh_status bh_sound_modulate(bh_sound *sound, double rate_hz,
                                                double depth, double phase_rad,
                                                bh_diag *diag);

/// The three formants of the vowels "a", "i" and "u" (men's averages of Peterson and
/// Barney, 1952, J. Acoust. Soc. Am. 24:175, Table II), Hz. Others are BH_ERR_TEXT.
BH_API BH_NODISCARD bh_status bh_vowel_formants(const char *vowel,
                                                double formants_hz[3], bh_diag *diag);
/// A spoken vowel, the same in every channel, with a peak of 1 Pa: pulses at `pitch_hz`
/// (split over two frames where they fall between), a glottal low-pass of 250 Hz, and a
/// resonator of 50 Hz bandwidth for each formant. Source: MakeVowel of Slaney's
/// Auditory Toolbox (1998, Interval Research report 1998-010).
BH_API BH_NODISCARD bh_status bh_sound_vowel(const bh_sound_shape *shape,
                                             double pitch_hz, const double *formants_hz,
                                             size_t formants, bh_sound **out,
                                             bh_diag *diag);

BH_END_DECLS

#endif
