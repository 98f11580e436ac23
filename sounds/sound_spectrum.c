/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/sound_spectrum.h"

#include "sounds/level.h"
#include "sounds/spectrum_internal.h"

#include <math.h>
#include <stdlib.h>

size_t
bh_sound_spectrum_lines(const bh_sound *sound)
{
    return bh_sound_frames(sound) / 2 + 1;
}

bh_status
bh_sound_spectrum(const bh_sound *sound, size_t channel, double *level_db_spl,
                  double *phase_rad, bh_diag *diag)
{
    const size_t frames = bh_sound_frames(sound), channels = bh_sound_channels(sound);
    if (channel >= channels)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "there is no channel %zu: the sound has %zu, counted from 0",
                           channel, channels);
    bh_bin *bins = calloc(frames, sizeof *bins);
    if (!bins)
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "no memory for the spectrum of %zu samples", frames);
    for (size_t t = 0; t < frames; t++)
        bins[t].re = bh_sound_samples(sound)[t * channels + channel];
    const bh_status status = bh_transform(bins, frames, -1, diag);
    for (size_t k = 0; status == BH_OK && k <= frames / 2; k++) {
        /* All but the ends stand for the same line below 0 Hz too. */
        const double both = k == 0 || 2 * k == frames ? 1 : sqrt(2);
        const double rms = both * hypot(bins[k].re, bins[k].im) / (double)frames;
        if (level_db_spl)
            level_db_spl[k] = bh_level_from_rms(rms);
        if (phase_rad)
            phase_rad[k] = atan2(bins[k].im, bins[k].re);
    }
    free(bins);
    return status;
}
