/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_GENERATE_INTERNAL_H
#define BH_SOUNDS_GENERATE_INTERNAL_H

/* What the files that make and edit sounds share. */

#include "sounds/generate.h"

#include <stdbool.h>
#include <stdint.h>

#define BH_TAU 6.283185307179586476925286766559

/* The number of whole frames nearest to a time; false where it is no number or so large
 * that not every frame could be counted. May be negative. */
bool bh_frames_from(double time_s, double samplerate_hz, double *frames);

/* BH_ERR_ARGUMENT, naming `what`, where it is not from 0 to half the sample rate. */
bh_status bh_frequency_check(const char *what, double frequency_hz,
                             double samplerate_hz, bh_diag *diag);
/* BH_ERR_ARGUMENT, naming `what`, where it is not finite. */
bh_status bh_finite_check(const char *what, double value, bh_diag *diag);

/* Whether a sound can join others of `rate_hz` and so many channels, which it may turn
 * from 1 into its own. */
bh_status bh_sounds_fit(double rate_hz, double own_rate_hz, size_t own_channels,
                        size_t *channels, bh_diag *diag);

/* The part of a cycle that has passed at frame t: as exact after hours as at first. */
double bh_cycle(double frequency_hz, uint64_t t, double samplerate_hz);

#endif
