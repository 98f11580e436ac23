/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/ramp.h"

#include "sounds/generate_internal.h"

#include <math.h>
#include <stdlib.h>

bh_ramp
bh_ramp_default(void)
{
    return (bh_ramp){.end = BH_RAMP_BOTH, .duration_s = 0.01};
}

static double
factor(const bh_ramp *ramp, double x)
{
    const double rise = sin(BH_TAU / 4 * x);
    switch (ramp->form) {
    case BH_RAMP_LINEAR:
        return x;
    case BH_RAMP_SINE:
        return rise;
    case BH_RAMP_BLACKMAN:
        /* Rounding would begin it below 0. */
        return fmax(0, 0.42 - 0.5 * cos(BH_TAU / 2 * x) + 0.08 * cos(BH_TAU * x));
    case BH_RAMP_ENVELOPE:
        return ramp->envelope(x, ramp->data);
    case BH_RAMP_COSINE_SQUARED:
    default:
        return rise * rise;
    }
}

static bh_status
check(const bh_sound *sound, const bh_ramp *ramp, double *frames, bh_diag *diag)
{
    const double rate = bh_sound_samplerate(sound);
    if (ramp->end < BH_RAMP_ONSET || ramp->end > BH_RAMP_BOTH)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a ramp is at the onset, the offset or both");
    if (ramp->form < BH_RAMP_COSINE_SQUARED || ramp->form > BH_RAMP_ENVELOPE ||
        (ramp->form == BH_RAMP_ENVELOPE && !ramp->envelope))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a ramp needs one of the forms, or a function");
    if (!(ramp->duration_s >= 0) || !bh_frames_from(ramp->duration_s, rate, frames))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a ramp cannot last %g s; give a time such as 0.01 s",
                           ramp->duration_s);
    if (*frames > (double)bh_sound_frames(sound))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a ramp of %g s is longer than the sound, which lasts %g s",
                           ramp->duration_s, bh_sound_duration(sound));
    return BH_OK;
}

bh_status
bh_sound_ramp(bh_sound *sound, const bh_ramp *ramp, bh_diag *diag)
{
    double count = 0;
    BH_TRY(check(sound, ramp, &count, diag));
    const size_t n = (size_t)count, channels = bh_sound_channels(sound);
    double *factors = malloc((n + 1) * sizeof *factors);
    if (!factors)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a ramp");
    bh_status status = BH_OK;
    for (size_t t = 0; t < n && status == BH_OK; t++) {
        factors[t] = factor(ramp, n > 1 ? (double)t / (double)(n - 1) : 0);
        status = bh_finite_check("factor of a ramp", factors[t], diag);
    }
    double *first = bh_sound_data(sound);
    double *last = first + (bh_sound_frames(sound) - 1) * channels;
    for (size_t t = 0; t < n && status == BH_OK; t++)
        for (size_t ch = 0; ch < channels; ch++) {
            if (ramp->end & BH_RAMP_ONSET)
                first[t * channels + ch] *= factors[t];
            if (ramp->end & BH_RAMP_OFFSET)
                *(last - t * channels + ch) *= factors[t];
        }
    free(factors);
    return status;
}
