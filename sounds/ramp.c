/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/ramp.h"

#include "sounds/generate_internal.h"
#include "sounds/stream_edit.h"
#include "sounds/stream_internal.h"

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

/* A ramp for a sound of so many frames, which is UINT64_MAX for ever. */
struct slope {
    bh_ramp ramp;
    uint64_t length, frames; /* of the sound, of the ramp */
};

static double
slope_factor(const struct slope *slope, uint64_t t)
{
    return factor(&slope->ramp,
                  slope->frames > 1 ? (double)t / (double)(slope->frames - 1) : 0);
}

static void
slope_apply(const void *self, uint64_t first, size_t frames, size_t channels,
            double *samples)
{
    const struct slope *slope = self;
    for (size_t t = 0; t < frames; t++) {
        const uint64_t before = first + t, after = slope->length - 1 - before;
        const bool onset = slope->ramp.end & BH_RAMP_ONSET && before < slope->frames;
        const bool offset = slope->ramp.end & BH_RAMP_OFFSET && after < slope->frames;
        const double up = onset ? slope_factor(slope, before) : 1;
        const double down = offset ? slope_factor(slope, after) : 1;
        for (size_t ch = 0; ch < channels && (onset || offset); ch++)
            samples[t * channels + ch] = samples[t * channels + ch] * up * down;
    }
}

static bh_status
check_length(const struct slope *slope, double samplerate_hz, bh_diag *diag)
{
    if (slope->ramp.end & BH_RAMP_OFFSET && slope->length == BH_LENGTH_UNKNOWN)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a sound whose end is not known cannot have a ramp at its "
                           "offset");
    if (slope->frames > slope->length)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a ramp of %g s is longer than the sound, which lasts %g s",
                           slope->ramp.duration_s,
                           (double)slope->length / samplerate_hz);
    return BH_OK;
}

static bh_status
slope_set(struct slope *slope, double samplerate_hz, bh_diag *diag)
{
    const bh_ramp *ramp = &slope->ramp;
    double frames = 0;
    if (ramp->end < BH_RAMP_ONSET || ramp->end > BH_RAMP_BOTH)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a ramp is at the onset, the offset or both");
    if (ramp->form < BH_RAMP_COSINE_SQUARED || ramp->form > BH_RAMP_ENVELOPE ||
        (ramp->form == BH_RAMP_ENVELOPE && !ramp->envelope))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a ramp needs one of the forms, or a function");
    if (!(ramp->duration_s >= 0) ||
        !bh_frames_from(ramp->duration_s, samplerate_hz, &frames))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a ramp cannot last %g s; give a time such as 0.01 s",
                           ramp->duration_s);
    slope->frames = (uint64_t)frames;
    BH_TRY(check_length(slope, samplerate_hz, diag));
    for (uint64_t t = 0; t < slope->frames && ramp->form == BH_RAMP_ENVELOPE; t++)
        BH_TRY(bh_finite_check("factor of a ramp", slope_factor(slope, t), diag));
    return BH_OK;
}

bh_status
bh_ramp_source(bh_source *input, const bh_ramp *ramp, bh_source **out, bh_diag *diag)
{
    struct slope slope = {.ramp = *ramp, .length = bh_source_length(input)};
    BH_TRY(slope_set(&slope, bh_source_samplerate(input), diag));
    struct slope *self = malloc(sizeof *self);
    if (!self)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a ramp");
    *self = slope;
    const struct bh_change change = {input, slope_apply, self, free};
    return bh_change_new(&change, out, diag);
}

bh_status
bh_sound_ramp(bh_sound *sound, const bh_ramp *ramp, bh_diag *diag)
{
    struct slope slope = {.ramp = *ramp, .length = bh_sound_frames(sound)};
    BH_TRY(slope_set(&slope, bh_sound_samplerate(sound), diag));
    slope_apply(&slope, 0, bh_sound_frames(sound), bh_sound_channels(sound),
                bh_sound_data(sound));
    return BH_OK;
}
