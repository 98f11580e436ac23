/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/generate_internal.h"

#include <math.h>
#include <string.h>

static const double glottis_hz = 250, bandwidth_hz = 50;

bh_status
bh_vowel_formants(const char *vowel, double formants_hz[3], bh_diag *diag)
{
    static const struct {
        const char *name;
        double formants_hz[3];
    } vowels[] = {
        {"a", {730, 1090, 2440}}, {"i", {270, 2290, 3010}}, {"u", {300, 870, 2240}}};
    for (size_t i = 0; i < sizeof vowels / sizeof vowels[0]; i++)
        if (strcmp(vowels[i].name, vowel) == 0) {
            memcpy(formants_hz, vowels[i].formants_hz, sizeof vowels[i].formants_hz);
            return BH_OK;
        }
    return bh_diag_set(diag, BH_ERR_TEXT,
                       "'%.60s' is not a vowel that is known; it can be a, i or u",
                       vowel);
}

/* Pulses of height 1; one that falls between two frames is shared out to both. */
static void
pulses(double *samples, size_t frames, size_t step, double period)
{
    for (size_t i = 0; (double)i * period < (double)(frames - 1); i++) {
        const double place = (double)i * period, before = floor(place);
        double *sample = samples + (size_t)before * step;
        sample[0] = before + 1 - place;
        sample[step] = place - before;
    }
}

/* y[t] = b x[t] - a1 y[t-1] - a2 y[t-2], in place. */
static void
resonate(double *samples, size_t frames, size_t step, const double coeffs[3])
{
    double y1 = 0, y2 = 0;
    for (size_t t = 0; t < frames; t++) {
        const double y = coeffs[0] * samples[t * step] - coeffs[1] * y1 -
                         coeffs[2] * y2;
        samples[t * step] = y;
        y2 = y1;
        y1 = y;
    }
}

static void
speak(bh_sound *sound, double pitch_hz, const double *formants_hz, size_t formants)
{
    const size_t frames = bh_sound_frames(sound), step = bh_sound_channels(sound);
    const double rate = bh_sound_samplerate(sound);
    double *samples = bh_sound_data(sound);
    pulses(samples, frames, step, rate / pitch_hz);
    const double glottis[3] = {1, 0, -exp(-2 * BH_TAU * glottis_hz / rate)};
    resonate(samples, frames, step, glottis);
    for (size_t i = 0; i < formants; i++) {
        const double q = formants_hz[i] / bandwidth_hz;
        const double radius = exp(-BH_TAU / 2 * bandwidth_hz / rate);
        const double angle = BH_TAU * formants_hz[i] / rate * sqrt(1 - 1 / (4 * q * q));
        const double a1 = -2 * radius * cos(angle), a2 = radius * radius;
        const double formant[3] = {1 + a1 + a2, a1, a2};
        resonate(samples, frames, step, formant);
    }
}

static void
set_peak(bh_sound *sound)
{
    const size_t count = bh_sound_frames(sound) * bh_sound_channels(sound);
    double *samples = bh_sound_data(sound), peak = 0;
    for (size_t i = 0; i < count; i++)
        peak = fmax(peak, fabs(samples[i]));
    for (size_t i = 0; i < count && peak > 0; i++)
        samples[i] /= peak;
}

bh_status
bh_sound_vowel(const bh_sound_shape *shape, double pitch_hz, const double *formants_hz,
               size_t formants, bh_sound **out, bh_diag *diag)
{
    const double half_hz = shape->samplerate_hz / 2;
    bh_sound *sound = NULL;
    if (!(pitch_hz > 0 && pitch_hz <= half_hz))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the pitch is %g Hz; it must be above 0 Hz and at most half "
                           "the sample rate, %g Hz",
                           pitch_hz, half_hz);
    for (size_t i = 0; i < formants; i++)
        if (!(formants_hz[i] > bandwidth_hz && formants_hz[i] <= half_hz))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "formant %zu is %g Hz; it must be above its bandwidth, "
                               "%g Hz, and at most half the sample rate, %g Hz",
                               i + 1, formants_hz[i], bandwidth_hz, half_hz);
    BH_TRY(bh_sound_silence(shape, &sound, diag));
    speak(sound, pitch_hz, formants_hz, formants);
    set_peak(sound);
    bh_sound_spread(sound);
    *out = sound;
    return BH_OK;
}
