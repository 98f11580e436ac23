/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/generate_internal.h"
#include "sounds/stream.h"
#include "sounds/stream_internal.h"

#include <math.h>
#include <stdlib.h>
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

/* y[t] = b x[t] - a1 y[t-1] - a2 y[t-2] */
struct resonator {
    double b, a1, a2, y1, y2;
};

struct vowel {
    double period; /* of the pulses, in frames */
    double rest;   /* of the last pulse, for the next frame */
    uint64_t pulses, length;
    double peak;
    size_t channels, stages;
    struct resonator stage[]; /* the glottis, then the formants */
};

/* A pulse of height 1; one that falls between two frames is shared out to both. */
static double
pulse(struct vowel *vowel, uint64_t t)
{
    const double place = (double)vowel->pulses * vowel->period, before = floor(place);
    double sample = vowel->rest;
    vowel->rest = 0;
    if (before == (double)t && place < (double)(vowel->length - 1)) {
        sample = before + 1 - place;
        vowel->rest = place - before;
        vowel->pulses++;
    }
    return sample;
}

static double
resonate(struct resonator *r, double x)
{
    const double y = r->b * x - r->a1 * r->y1 - r->a2 * r->y2;
    r->y2 = r->y1;
    r->y1 = y;
    return y;
}

static double
speak(struct vowel *vowel, uint64_t t)
{
    double sample = pulse(vowel, t);
    for (size_t i = 0; i < vowel->stages; i++)
        sample = resonate(&vowel->stage[i], sample);
    return sample;
}

static bh_status
vowel_fill(void *self, uint64_t first, size_t frames, double *out, size_t *got,
           bh_diag *diag)
{
    (void)got;
    (void)diag;
    struct vowel *vowel = self;
    for (size_t t = 0; t < frames; t++)
        out[t * vowel->channels] = speak(vowel, first + t) / vowel->peak;
    bh_frames_spread(out, frames, vowel->channels);
    return BH_OK;
}

static bh_status
vowel_rewind(void *self, bh_diag *diag)
{
    (void)diag;
    struct vowel *vowel = self;
    vowel->rest = 0;
    vowel->pulses = 0;
    for (size_t i = 0; i < vowel->stages; i++)
        vowel->stage[i].y1 = vowel->stage[i].y2 = 0;
    return BH_OK;
}

static struct vowel *
vowel_new(const bh_sound_shape *shape, uint64_t length, double pitch_hz,
          const double *formants_hz, size_t formants)
{
    const double rate = shape->samplerate_hz;
    struct vowel *vowel =
        calloc(1, sizeof *vowel + (formants + 1) * sizeof vowel->stage[0]);
    if (!vowel)
        return NULL;
    vowel->period = rate / pitch_hz;
    vowel->length = length;
    vowel->channels = shape->channels;
    vowel->stages = formants + 1;
    vowel->stage[0] =
        (struct resonator){1, 0, -exp(-2 * BH_TAU * glottis_hz / rate), 0, 0};
    for (size_t i = 0; i < formants; i++) {
        const double q = formants_hz[i] / bandwidth_hz;
        const double radius = exp(-BH_TAU / 2 * bandwidth_hz / rate);
        const double angle = BH_TAU * formants_hz[i] / rate * sqrt(1 - 1 / (4 * q * q));
        const double a1 = -2 * radius * cos(angle), a2 = radius * radius;
        vowel->stage[i + 1] = (struct resonator){1 + a1 + a2, a1, a2, 0, 0};
    }
    double peak = 0;
    for (uint64_t t = 0; t < length; t++)
        peak = fmax(peak, fabs(speak(vowel, t)));
    vowel->peak = peak > 0 ? peak : 1;
    (void)vowel_rewind(vowel, NULL);
    return vowel;
}

bh_status
bh_vowel_source(const bh_sound_shape *shape, double pitch_hz, const double *formants_hz,
                size_t formants, bh_source **out, bh_diag *diag)
{
    const double half_hz = shape->samplerate_hz / 2;
    struct bh_stream_config config = {.samplerate_hz = shape->samplerate_hz,
                                      .channels = shape->channels,
                                      .fill = vowel_fill,
                                      .rewind = vowel_rewind,
                                      .free = free};
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
    BH_TRY(bh_shape_length(shape, false, &config.length, diag));
    config.self = vowel_new(shape, config.length, pitch_hz, formants_hz, formants);
    if (!config.self)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu formants", formants);
    return bh_stream_new(&config, out, diag);
}

bh_status
bh_sound_vowel(const bh_sound_shape *shape, double pitch_hz, const double *formants_hz,
               size_t formants, bh_sound **out, bh_diag *diag)
{
    bh_source *source = NULL;
    const bh_status made =
        bh_vowel_source(shape, pitch_hz, formants_hz, formants, &source, diag);
    return bh_sound_collect(made, source, out, diag);
}
