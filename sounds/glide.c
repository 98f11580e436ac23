/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sounds whose frequency or amplitude changes by a formula. */
#include "sounds/generate_internal.h"

#include <math.h>

/* Cycles of a sweep from its beginning to a part `x` of its duration. */
static double
sweep_cycles(const bh_sweep *sweep, double duration_s, double x)
{
    const double from = sweep->from_hz, to = sweep->to_hz;
    const double t = x * duration_s;
    if (sweep->kind == BH_SWEEP_LINEAR)
        return t * (from + (to - from) * x / 2);
    const double octaves = log(to / from);
    /* expm1(a x) / a, which is x where both ends are the same. */
    return octaves == 0 ? t * from : from * duration_s * expm1(octaves * x) / octaves;
}

static bh_status
check_sweep(const bh_sound_shape *shape, const bh_sweep *sweep, bh_diag *diag)
{
    const double rate = shape->samplerate_hz;
    BH_TRY(
        bh_frequency_check("first frequency of a sweep", sweep->from_hz, rate, diag));
    BH_TRY(bh_frequency_check("last frequency of a sweep", sweep->to_hz, rate, diag));
    BH_TRY(bh_finite_check("phase", sweep->phase_rad, diag));
    if (sweep->kind == BH_SWEEP_LOGARITHMIC &&
        !(sweep->from_hz > 0 && sweep->to_hz > 0))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a logarithmic sweep cannot go from %g Hz to %g Hz; both "
                           "must be above 0 Hz",
                           sweep->from_hz, sweep->to_hz);
    return BH_OK;
}

bh_status
bh_sound_sweep(const bh_sound_shape *shape, const bh_sweep *sweep, bh_sound **out,
               bh_diag *diag)
{
    bh_sound *sound = NULL;
    BH_TRY(check_sweep(shape, sweep, diag));
    BH_TRY(bh_sound_silence(shape, &sound, diag));
    const size_t frames = bh_sound_frames(sound), channels = bh_sound_channels(sound);
    const double duration_s = bh_sound_duration(sound);
    double *sample = bh_sound_data(sound);
    for (size_t t = 0; t < frames; t++, sample += channels) {
        const double cycles =
            sweep_cycles(sweep, duration_s, (double)t / (double)frames);
        *sample = sin(BH_TAU * (cycles - floor(cycles)) + sweep->phase_rad);
    }
    bh_sound_spread(sound);
    *out = sound;
    return BH_OK;
}

static bh_status
check_warble(const bh_sound_shape *shape, const bh_warble *warble, bh_diag *diag)
{
    const double half_hz = shape->samplerate_hz / 2, swing = fabs(warble->deviation_hz);
    BH_TRY(bh_frequency_check("carrier", warble->carrier_hz, 2 * half_hz, diag));
    BH_TRY(bh_finite_check("phase", warble->phase_rad, diag));
    if (!(warble->rate_hz > 0 && warble->rate_hz <= half_hz))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the rate of modulation is %g Hz; it must be above 0 Hz and "
                           "at most half the sample rate, %g Hz",
                           warble->rate_hz, half_hz);
    if (!(warble->carrier_hz - swing >= 0 && warble->carrier_hz + swing <= half_hz))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a deviation of %g Hz from %g Hz leaves the range from 0 Hz "
                           "to half the sample rate, %g Hz",
                           warble->deviation_hz, warble->carrier_hz, half_hz);
    return BH_OK;
}

bh_status
bh_sound_warble(const bh_sound_shape *shape, const bh_warble *warble, bh_sound **out,
                bh_diag *diag)
{
    bh_sound *sound = NULL;
    BH_TRY(check_warble(shape, warble, diag));
    BH_TRY(bh_sound_silence(shape, &sound, diag));
    const size_t frames = bh_sound_frames(sound), channels = bh_sound_channels(sound);
    const double rate = shape->samplerate_hz;
    const double index = warble->deviation_hz / warble->rate_hz;
    double *sample = bh_sound_data(sound);
    for (size_t t = 0; t < frames; t++, sample += channels) {
        const double carrier = BH_TAU * bh_cycle(warble->carrier_hz, t, rate);
        const double swing = BH_TAU * bh_cycle(warble->rate_hz, t, rate);
        *sample = sin(carrier + index * (1 - cos(swing)) + warble->phase_rad);
    }
    bh_sound_spread(sound);
    *out = sound;
    return BH_OK;
}

bh_status
bh_sound_modulate(bh_sound *sound, double rate_hz, double depth, double phase_rad,
                  bh_diag *diag)
{
    const size_t frames = bh_sound_frames(sound), channels = bh_sound_channels(sound);
    const double rate = bh_sound_samplerate(sound);
    BH_TRY(bh_frequency_check("rate of modulation", rate_hz, rate, diag));
    BH_TRY(bh_finite_check("phase", phase_rad, diag));
    if (!(depth >= 0 && depth <= 1))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the depth of modulation is %g; it must be from 0 to 1",
                           depth);
    double *row = bh_sound_data(sound);
    for (size_t t = 0; t < frames; t++, row += channels) {
        const double angle = BH_TAU * bh_cycle(rate_hz, t, rate) + phase_rad;
        for (size_t ch = 0; ch < channels; ch++)
            row[ch] *= 1 + depth * sin(angle);
    }
    return BH_OK;
}
