/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sounds whose frequency or amplitude changes by a formula. */
#include "sounds/generate_internal.h"
#include "sounds/stream.h"
#include "sounds/stream_edit.h"
#include "sounds/stream_internal.h"

#include <math.h>
#include <stdlib.h>

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

/* A sweep or a warble. */
struct glide {
    double samplerate_hz, duration_s;
    uint64_t length;
    size_t channels;
    double (*at)(const struct glide *glide, uint64_t t);
    bh_sweep sweep;
    bh_warble warble;
};

static bh_status
glide_fill(void *self, uint64_t first, size_t frames, double *out, size_t *got,
           bh_diag *diag)
{
    (void)got;
    (void)diag;
    const struct glide *glide = self;
    for (size_t t = 0; t < frames; t++)
        out[t * glide->channels] = glide->at(glide, first + t);
    bh_frames_spread(out, frames, glide->channels);
    return BH_OK;
}

static bh_status
glide_new(const bh_sound_shape *shape, const struct glide *glide, bh_source **out,
          bh_diag *diag)
{
    struct glide *self = malloc(sizeof *self);
    if (!self)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a source");
    *self = *glide;
    self->samplerate_hz = shape->samplerate_hz;
    self->channels = shape->channels;
    self->duration_s = (double)self->length / shape->samplerate_hz;
    const struct bh_stream_config config = {.samplerate_hz = shape->samplerate_hz,
                                            .channels = shape->channels,
                                            .length = self->length,
                                            .self = self,
                                            .fill = glide_fill,
                                            .free = free};
    return bh_stream_new(&config, out, diag);
}

static double
sweep_at(const struct glide *glide, uint64_t t)
{
    const bh_sweep *sweep = &glide->sweep;
    const double cycles =
        sweep_cycles(sweep, glide->duration_s, (double)t / (double)glide->length);
    return sin(BH_TAU * (cycles - floor(cycles)) + sweep->phase_rad);
}

bh_status
bh_sweep_source(const bh_sound_shape *shape, const bh_sweep *sweep, bh_source **out,
                bh_diag *diag)
{
    struct glide glide = {.at = sweep_at, .sweep = *sweep};
    BH_TRY(check_sweep(shape, sweep, diag));
    BH_TRY(bh_shape_length(shape, false, &glide.length, diag));
    return glide_new(shape, &glide, out, diag);
}

bh_status
bh_sound_sweep(const bh_sound_shape *shape, const bh_sweep *sweep, bh_sound **out,
               bh_diag *diag)
{
    bh_source *source = NULL;
    const bh_status made = bh_sweep_source(shape, sweep, &source, diag);
    return bh_sound_collect(made, source, out, diag);
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

static double
warble_at(const struct glide *glide, uint64_t t)
{
    const bh_warble *warble = &glide->warble;
    const double rate = glide->samplerate_hz;
    const double carrier = BH_TAU * bh_cycle(warble->carrier_hz, t, rate);
    const double swing = BH_TAU * bh_cycle(warble->rate_hz, t, rate);
    const double index = warble->deviation_hz / warble->rate_hz;
    return sin(carrier + index * (1 - cos(swing)) + warble->phase_rad);
}

bh_status
bh_warble_source(const bh_sound_shape *shape, const bh_warble *warble, bh_source **out,
                 bh_diag *diag)
{
    struct glide glide = {.at = warble_at, .warble = *warble};
    BH_TRY(check_warble(shape, warble, diag));
    BH_TRY(bh_shape_length(shape, true, &glide.length, diag));
    return glide_new(shape, &glide, out, diag);
}

bh_status
bh_sound_warble(const bh_sound_shape *shape, const bh_warble *warble, bh_sound **out,
                bh_diag *diag)
{
    bh_source *source = NULL;
    const bh_status made = bh_warble_source(shape, warble, &source, diag);
    return bh_sound_collect(made, source, out, diag);
}

struct modulation {
    double samplerate_hz, rate_hz, depth, phase_rad;
};

static void
modulate(const void *self, uint64_t first, size_t frames, size_t channels,
         double *samples)
{
    const struct modulation *m = self;
    for (size_t t = 0; t < frames; t++, samples += channels) {
        const double angle =
            BH_TAU * bh_cycle(m->rate_hz, first + t, m->samplerate_hz) + m->phase_rad;
        for (size_t ch = 0; ch < channels; ch++)
            samples[ch] *= 1 + m->depth * sin(angle);
    }
}

static bh_status
check_modulation(const struct modulation *m, bh_diag *diag)
{
    BH_TRY(
        bh_frequency_check("rate of modulation", m->rate_hz, m->samplerate_hz, diag));
    BH_TRY(bh_finite_check("phase", m->phase_rad, diag));
    if (!(m->depth >= 0 && m->depth <= 1))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the depth of modulation is %g; it must be from 0 to 1",
                           m->depth);
    return BH_OK;
}

bh_status
bh_modulate_source(bh_source *input, double rate_hz, double depth, double phase_rad,
                   bh_source **out, bh_diag *diag)
{
    const struct modulation m = {bh_source_samplerate(input), rate_hz, depth,
                                 phase_rad};
    BH_TRY(check_modulation(&m, diag));
    struct modulation *self = malloc(sizeof *self);
    if (!self)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a source");
    *self = m;
    const struct bh_change change = {input, modulate, self, free};
    return bh_change_new(&change, out, diag);
}

bh_status
bh_sound_modulate(bh_sound *sound, double rate_hz, double depth, double phase_rad,
                  bh_diag *diag)
{
    const struct modulation m = {bh_sound_samplerate(sound), rate_hz, depth, phase_rad};
    BH_TRY(check_modulation(&m, diag));
    modulate(&m, 0, bh_sound_frames(sound), bh_sound_channels(sound),
             bh_sound_data(sound));
    return BH_OK;
}
