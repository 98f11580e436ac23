/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/generate.h"

#include "sounds/generate_internal.h"

#include <math.h>
#include <stdint.h>

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

void
bh_sound_spread(bh_sound *sound)
{
    const size_t frames = bh_sound_frames(sound), channels = bh_sound_channels(sound);
    double *row = bh_sound_data(sound);
    for (size_t t = 0; t < frames; t++, row += channels)
        for (size_t ch = 1; ch < channels; ch++)
            row[ch] = row[0];
}

double
bh_cycle(double frequency_hz, size_t t, double samplerate_hz)
{
    const double cycles = frequency_hz * (double)t / samplerate_hz;
    return cycles - floor(cycles);
}

bh_status
bh_sound_silence(const bh_sound_shape *shape, bh_sound **out, bh_diag *diag)
{
    const double rate = shape->samplerate_hz;
    double frames = 0;
    if (!(rate > 0) || !isfinite(rate))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the sample rate is %g Hz; it must be a number above 0",
                           rate);
    if (!bh_frames_from(shape->duration_s, rate, &frames))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a sound cannot last %g s at %g Hz; give a time such as "
                           "0.05 s",
                           shape->duration_s, rate);
    if (frames < 1)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a sound of %g s has no frame at %g Hz; it needs one, which "
                           "lasts %g s",
                           shape->duration_s, rate, 1 / rate);
    return bh_sound_new((size_t)frames, shape->channels, rate, out, diag);
}

/* Adds a tone to one channel. */
static void
add_tone(bh_sound *sound, size_t channel, double frequency_hz, double amplitude_pa,
         double phase_rad)
{
    const size_t frames = bh_sound_frames(sound), channels = bh_sound_channels(sound);
    const double rate = bh_sound_samplerate(sound);
    double *sample = bh_sound_data(sound) + channel;
    for (size_t t = 0; t < frames; t++, sample += channels)
        *sample += amplitude_pa *
                   sin(BH_TAU * bh_cycle(frequency_hz, t, rate) + phase_rad);
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
bh_sound_tone(const bh_sound_shape *shape, double frequency_hz, double phase_rad,
              bh_sound **out, bh_diag *diag)
{
    bh_sound *sound = NULL;
    BH_TRY(check_tone(shape, frequency_hz, phase_rad, diag));
    BH_TRY(bh_sound_silence(shape, &sound, diag));
    add_tone(sound, 0, frequency_hz, 1, phase_rad);
    bh_sound_spread(sound);
    *out = sound;
    return BH_OK;
}

bh_status
bh_sound_tones(const bh_sound_shape *shape, const double *frequency_hz,
               const double *phase_rad, bh_sound **out, bh_diag *diag)
{
    bh_sound *sound = NULL;
    for (size_t ch = 0; ch < shape->channels; ch++)
        BH_TRY(
            check_tone(shape, frequency_hz[ch], phase_rad ? phase_rad[ch] : 0, diag));
    BH_TRY(bh_sound_silence(shape, &sound, diag));
    for (size_t ch = 0; ch < shape->channels; ch++)
        add_tone(sound, ch, frequency_hz[ch], 1, phase_rad ? phase_rad[ch] : 0);
    *out = sound;
    return BH_OK;
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
bh_sound_harmonic(const bh_sound_shape *shape, const bh_harmonics *harmonics,
                  bh_sound **out, bh_diag *diag)
{
    const double *amplitude_pa = harmonics->amplitude_pa;
    const double *phase_rad = harmonics->phase_rad;
    bh_sound *sound = NULL;
    size_t count = 0;
    BH_TRY(count_harmonics(shape, harmonics, &count, diag));
    for (size_t i = 0; i < count; i++) {
        BH_TRY(bh_finite_check("amplitude of a harmonic",
                               amplitude_pa ? amplitude_pa[i] : 1, diag));
        BH_TRY(
            bh_finite_check("phase of a harmonic", phase_rad ? phase_rad[i] : 0, diag));
    }
    BH_TRY(bh_sound_silence(shape, &sound, diag));
    for (size_t i = 0; i < count; i++)
        add_tone(sound, 0, (double)(i + 1) * harmonics->f0_hz,
                 amplitude_pa ? amplitude_pa[i] : 1, phase_rad ? phase_rad[i] : 0);
    bh_sound_spread(sound);
    *out = sound;
    return BH_OK;
}

static void
fill(bh_sound *sound, size_t first, size_t frames, double value)
{
    const size_t channels = bh_sound_channels(sound);
    double *samples = bh_sound_data(sound) + first * channels;
    for (size_t i = 0; i < frames * channels; i++)
        samples[i] = value;
}

bh_status
bh_sound_click(const bh_sound_shape *shape, double peak_pa, bh_sound **out,
               bh_diag *diag)
{
    bh_sound *sound = NULL;
    BH_TRY(bh_finite_check("peak of a click", peak_pa, diag));
    BH_TRY(bh_sound_silence(shape, &sound, diag));
    fill(sound, 0, bh_sound_frames(sound), peak_pa);
    *out = sound;
    return BH_OK;
}

bh_status
bh_sound_clicks(const bh_sound_shape *shape, const bh_clicks *clicks, bh_sound **out,
                bh_diag *diag)
{
    const double rate = shape->samplerate_hz;
    double width = 0, interval = 0;
    bh_sound *sound = NULL;
    BH_TRY(bh_finite_check("peak of a click", clicks->peak_pa, diag));
    if (clicks->count == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a train of 0 clicks is no sound; it needs at least 1");
    if (!bh_frames_from(shape->duration_s, rate, &width) ||
        !bh_frames_from(clicks->interval_s, rate, &interval) || !(width >= 1) ||
        width > interval)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "clicks of %g s every %g s cannot be at %g Hz; a click "
                           "needs a frame and may not be longer than the interval",
                           shape->duration_s, clicks->interval_s, rate);
    if (interval * (double)clicks->count >= 0x1p52)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "%zu clicks are too many",
                           clicks->count);
    BH_TRY(bh_sound_new((size_t)interval * clicks->count, shape->channels, rate, &sound,
                        diag));
    for (size_t i = 0; i < clicks->count; i++)
        fill(sound, i * (size_t)interval, (size_t)width, clicks->peak_pa);
    *out = sound;
    return BH_OK;
}
