/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_NOISE_H
#define BH_SOUNDS_NOISE_H

#include "core/status.h"
#include "sounds/generate.h"
#include "sounds/sound.h"

#include <stdint.h>

BH_BEGIN_DECLS

/* Noises that follow from a seed: the same seed, rate and duration give the same
 * samples on every machine and with every instruction set. Channels are independent;
 * channel 1 of a sound of two is that of a sound of five. White noise that lasts longer
 * begins with the shorter one; the other noises are made as a whole and do not.
 *
 * The random numbers are those of core/random.h in fast mode, under an object of their
 * own, so that a noise and the neurons of a run may have the same seed. */

/// Normal samples, mean 0 Pa and standard deviation 1 Pa (so about 94 dB SPL), all
/// independent: equal power in every Hz.
BH_API BH_NODISCARD bh_status bh_sound_white(const bh_sound_shape *shape, uint64_t seed,
                                             bh_sound **out, bh_diag *diag);

/// Noise whose power in each Hz falls as 1 / f^alpha: 0 is white, 1 pink (equal power
/// in each octave), 2 brown; negative ones rise. From -10 to 10. Every spectral line
/// has a random amplitude and phase, as in any Gaussian noise; there is none at 0 Hz,
/// so the mean is 0, and the sound ends where it begins, so that it can be repeated.
/// Each channel is scaled to an RMS of 1 Pa (93.98 dB SPL). At least 3 frames. Other
/// exponents than whole numbers use pow(), whose last bit machines may have their own
/// mind about. Source: Timmer and Koenig (1995), Astron. Astrophys. 300:707.
BH_API BH_NODISCARD bh_status bh_sound_powerlaw(const bh_sound_shape *shape,
                                                double alpha, uint64_t seed,
                                                bh_sound **out, bh_diag *diag);
/// Power-law noise with alpha 1.
BH_API BH_NODISCARD bh_status bh_sound_pink(const bh_sound_shape *shape, uint64_t seed,
                                            bh_sound **out, bh_diag *diag);
/// Power-law noise with alpha 2.
BH_API BH_NODISCARD bh_status bh_sound_brown(const bh_sound_shape *shape, uint64_t seed,
                                             bh_sound **out, bh_diag *diag);

/// What is delayed and added in every iteration: what has been made so far to itself
/// (add same, IRNS), or that to the noise of the beginning (add original, IRNO).
typedef enum bh_ripple_kind { BH_RIPPLE_SAME, BH_RIPPLE_ORIGINAL } bh_ripple_kind;

/// How a noise is rippled.
typedef struct bh_ripple {
    bh_ripple_kind kind;
    double delay_s; ///< above 0; its inverse is the pitch, need not be whole frames
    double gain;    ///< of what is delayed, from -1 to 1
    size_t iterations;
} bh_ripple;

/// Iterated rippled noise: white noise of the same seed through (1 + g z)^n (same) or 1
/// + g z + ... + (g z)^n (original), where z delays by delay_s. The noise begins n
/// delays before the sound does, so that all echoes are there from the first sample,
/// and none comes from the end. Not scaled: its mean power is the sum of the squares of
/// the coefficients. Source: Yost (1996), J. Acoust. Soc. Am. 100:511.
BH_API BH_NODISCARD bh_status bh_sound_rippled(const bh_sound_shape *shape,
                                               const bh_ripple *ripple, uint64_t seed,
                                               bh_sound **out, bh_diag *diag);

BH_END_DECLS

#endif
