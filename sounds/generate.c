/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/generate.h"

#include "sounds/generate_internal.h"
#include "sounds/stream.h"
#include "sounds/stream_internal.h"

#include <math.h>
#include <stdlib.h>

bh_sound_shape
bh_sound_shape_default(void)
{
    return (bh_sound_shape){.duration_s = 1, .channels = 1, .samplerate_hz = 44100};
}

bool
bh_frames_from(double time_s, double samplerate_hz, double *frames)
{
    *frames = rint(time_s * samplerate_hz);
    return fabs(*frames) < 0x1p52;
}

bh_status
bh_finite_check(const char *what, double value, bh_diag *diag)
{
    if (isfinite(value))
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_ARGUMENT, "the %s is %g; it must be a number", what,
                       value);
}

bh_status
bh_frequency_check(const char *what, double frequency_hz, double samplerate_hz,
                   bh_diag *diag)
{
    if (frequency_hz >= 0 && frequency_hz <= samplerate_hz / 2)
        return BH_OK;
    return bh_diag_set(
        diag, BH_ERR_ARGUMENT,
        "the %s is %g Hz; it must be from 0 Hz to half the sample rate, %g Hz", what,
        frequency_hz, samplerate_hz / 2);
}

double
bh_cycle(double frequency_hz, uint64_t t, double samplerate_hz)
{
    const double cycles = frequency_hz * (double)t / samplerate_hz;
    return cycles - floor(cycles);
}

/* A sum of tones in each channel; where `same`, that of channel 0 in all. */
struct tones {
    double samplerate_hz;
    size_t channels, count; /* tones of each channel */
    bool same;
    struct tone {
        double frequency_hz, amplitude_pa, phase_rad;
    } tone[]; /* [channels][count], or [count] where `same` */
};

static struct tones *
tones_new(const bh_sound_shape *shape, size_t count, bool same, bh_diag *diag)
{
    const size_t sums = same ? 1 : shape->channels;
    struct tones *tones = NULL;
    if (count <= (SIZE_MAX / 2 / sizeof *tones->tone) / (sums + 1))
        tones = calloc(1, sizeof *tones + sums * count * sizeof *tones->tone);
    if (tones) {
        tones->samplerate_hz = shape->samplerate_hz;
        tones->channels = shape->channels;
        tones->count = count;
        tones->same = same;
        return tones;
    }
    (void)bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu tones", count);
    return NULL;
}

static double
tones_at(const struct tones *tones, size_t channel, uint64_t t)
{
    const struct tone *tone = tones->tone + channel * tones->count;
    double sum = 0;
    for (size_t i = 0; i < tones->count; i++)
        sum += tone[i].amplitude_pa *
               sin(BH_TAU * bh_cycle(tone[i].frequency_hz, t, tones->samplerate_hz) +
                   tone[i].phase_rad);
    return sum;
}

static bh_status
tones_fill(void *self, uint64_t first, size_t frames, double *out, size_t *got,
           bh_diag *diag)
{
    (void)got;
    (void)diag;
    const struct tones *tones = self;
    const size_t sums = tones->same ? 1 : tones->channels;
    for (size_t t = 0; t < frames; t++)
        for (size_t ch = 0; ch < sums; ch++)
            out[t * tones->channels + ch] = tones_at(tones, ch, first + t);
    if (tones->same)
        bh_frames_spread(out, frames, tones->channels);
    return BH_OK;
}

/* A source of tones, which it takes in any case. */
static bh_status
tones_source(const bh_sound_shape *shape, struct tones *tones, bh_source **out,
             bh_diag *diag)
{
    struct bh_stream_config config = {.samplerate_hz = shape->samplerate_hz,
                                      .channels = shape->channels,
                                      .self = tones,
                                      .fill = tones_fill,
                                      .free = free};
    const bh_status status = bh_shape_length(shape, true, &config.length, diag);
    if (status == BH_OK)
        return bh_stream_new(&config, out, diag);
    free(tones);
    return status;
}

static bh_status
check_tone(const bh_sound_shape *shape, double frequency_hz, double phase_rad,
           bh_diag *diag)
{
    BH_TRY(bh_finite_check("phase", phase_rad, diag));
    return bh_frequency_check("frequency of a tone", frequency_hz, shape->samplerate_hz,
                              diag);
}

bh_status
bh_tone_source(const bh_sound_shape *shape, double frequency_hz, double phase_rad,
               bh_source **out, bh_diag *diag)
{
    BH_TRY(check_tone(shape, frequency_hz, phase_rad, diag));
    struct tones *tones = tones_new(shape, 1, true, diag);
    if (!tones)
        return BH_ERR_MEMORY;
    tones->tone[0] = (struct tone){frequency_hz, 1, phase_rad};
    return tones_source(shape, tones, out, diag);
}

bh_status
bh_sound_tone(const bh_sound_shape *shape, double frequency_hz, double phase_rad,
              bh_sound **out, bh_diag *diag)
{
    bh_source *source = NULL;
    const bh_status made =
        bh_tone_source(shape, frequency_hz, phase_rad, &source, diag);
    return bh_sound_collect(made, source, out, diag);
}

bh_status
bh_tones_source(const bh_sound_shape *shape, const double *frequency_hz,
                const double *phase_rad, bh_source **out, bh_diag *diag)
{
    for (size_t ch = 0; ch < shape->channels; ch++)
        BH_TRY(
            check_tone(shape, frequency_hz[ch], phase_rad ? phase_rad[ch] : 0, diag));
    struct tones *tones = tones_new(shape, 1, false, diag);
    if (!tones)
        return BH_ERR_MEMORY;
    for (size_t ch = 0; ch < shape->channels; ch++)
        tones->tone[ch] =
            (struct tone){frequency_hz[ch], 1, phase_rad ? phase_rad[ch] : 0};
    return tones_source(shape, tones, out, diag);
}

bh_status
bh_sound_tones(const bh_sound_shape *shape, const double *frequency_hz,
               const double *phase_rad, bh_sound **out, bh_diag *diag)
{
    bh_source *source = NULL;
    const bh_status made =
        bh_tones_source(shape, frequency_hz, phase_rad, &source, diag);
    return bh_sound_collect(made, source, out, diag);
}

/* How many harmonics there are to be. */
static bh_status
count_harmonics(const bh_sound_shape *shape, const bh_harmonics *harmonics,
                size_t *count, bh_diag *diag)
{
    const double f0_hz = harmonics->f0_hz, half_hz = shape->samplerate_hz / 2;
    if (!(f0_hz > 0 && f0_hz <= half_hz))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the fundamental is %g Hz; it must be above 0 Hz and at "
                           "most half the sample rate, %g Hz",
                           f0_hz, half_hz);
    const double most = floor(half_hz / f0_hz);
    *count = harmonics->count;
    if (*count != BH_HARMONICS_ALL) {
        if ((double)*count > most)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "%zu harmonics of %g Hz go beyond half the sample rate, "
                               "%g Hz; %g fit",
                               *count, f0_hz, half_hz, most);
        return BH_OK;
    }
    if (harmonics->amplitude_pa || harmonics->phase_rad)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "amplitudes and phases need a number of harmonics");
    if (most >= (double)SIZE_MAX)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "%g Hz has %g harmonics, too many",
                           f0_hz, most);
    *count = (size_t)most;
    return BH_OK;
}

bh_status
bh_harmonic_source(const bh_sound_shape *shape, const bh_harmonics *harmonics,
                   bh_source **out, bh_diag *diag)
{
    const double *amplitude_pa = harmonics->amplitude_pa;
    const double *phase_rad = harmonics->phase_rad;
    size_t count = 0;
    BH_TRY(count_harmonics(shape, harmonics, &count, diag));
    for (size_t i = 0; i < count; i++) {
        BH_TRY(bh_finite_check("amplitude of a harmonic",
                               amplitude_pa ? amplitude_pa[i] : 1, diag));
        BH_TRY(
            bh_finite_check("phase of a harmonic", phase_rad ? phase_rad[i] : 0, diag));
    }
    struct tones *tones = tones_new(shape, count, true, diag);
    if (!tones)
        return BH_ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        tones->tone[i] = (struct tone){(double)(i + 1) * harmonics->f0_hz,
                                       amplitude_pa ? amplitude_pa[i] : 1,
                                       phase_rad ? phase_rad[i] : 0};
    return tones_source(shape, tones, out, diag);
}

bh_status
bh_sound_harmonic(const bh_sound_shape *shape, const bh_harmonics *harmonics,
                  bh_sound **out, bh_diag *diag)
{
    bh_source *source = NULL;
    const bh_status made = bh_harmonic_source(shape, harmonics, &source, diag);
    return bh_sound_collect(made, source, out, diag);
}
