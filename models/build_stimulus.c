/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/model_internal.h"
#include "sounds/level.h"
#include "sounds/noise.h"
#include "sounds/ramp.h"
#include "sounds/stream.h"
#include "sounds/stream_edit.h"

#include <string.h>

/* Stimuli, as they are made while they are read. The order is that of model_stimuli. */
enum stimulus {
    TONE,
    HARMONIC,
    WHITE,
    PINK,
    BROWN,
    POWERLAW,
    IRNS,
    IRNO,
    CLICK,
    CLICKS,
    SILENCE,
    VOWEL,
    SWEEP
};

static double
first(const struct model_list *list, double otherwise)
{
    return list->count ? list->values[0].number : otherwise;
}

/* One value for all, or one for each. */
static bh_status
spread(const struct model_list *list, const char *what, double otherwise, size_t count,
       double *out, bh_diag *diag)
{
    if (list->count > 1 && list->count != count)
        return doc_error(diag, list->node, BH_ERR_TEXT,
                         "there are %zu %s for %zu channels; give one, or one for each",
                         list->count, what, count);
    for (size_t i = 0; i < count; i++)
        out[i] = list->count > 1 ? list->values[i].number : first(list, otherwise);
    return BH_OK;
}

static bh_sound_shape
shape_of(const struct model_sound *s)
{
    bh_sound_shape shape = bh_sound_shape_default();
    size_t most = s->frequency.count;
    if ((int)s->stimulus.number != TONE)
        most = 1;
    shape.channels = (size_t)(s->channels.node ? s->channels.number
                              : most > 1       ? most
                                               : 1);
    shape.samplerate_hz = model_number(&s->samplerate, shape.samplerate_hz);
    shape.duration_s = model_number(&s->duration, shape.duration_s);
    return shape;
}

static bh_status
make_tone(const bh_sound_shape *shape, const struct model_sound *s, bh_source **out,
          bh_diag *diag)
{
    enum { CHANNELS_MAX = 1024 };
    double frequency_hz[CHANNELS_MAX], phase_rad[CHANNELS_MAX];
    BH_TRY(spread(&s->frequency, "frequencies", 1000, shape->channels, frequency_hz,
                  diag));
    BH_TRY(spread(&s->phase, "phases", 0, shape->channels, phase_rad, diag));
    if (!s->fm_rate.node && !s->fm_deviation.node)
        return bh_tones_source(shape, frequency_hz, phase_rad, out, diag);
    const bh_warble warble = {
        .carrier_hz = frequency_hz[0],
        .deviation_hz = model_number(&s->fm_deviation, frequency_hz[0] / 10),
        .rate_hz = model_number(&s->fm_rate, 5),
        .phase_rad = phase_rad[0]};
    return bh_warble_source(shape, &warble, out, diag);
}

/* The numbers of a list, in memory of the arena. */
static bh_status
numbers(bh_arena *arena, const struct model_list *list, const double **out,
        bh_diag *diag)
{
    double *values = bh_arena_take(arena, list->count * sizeof *values + 1);
    if (!values)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu values",
                           list->count);
    for (size_t i = 0; i < list->count; i++)
        values[i] = list->values[i].number;
    *out = list->count ? values : NULL;
    return BH_OK;
}

static bh_status
make_harmonic(const bh_sound_shape *shape, const struct model_sound *s, bh_arena *arena,
              bh_source **out, bh_diag *diag)
{
    const struct model_list *lists[] = {&s->amplitude, &s->phase};
    bh_harmonics harmonics = {.f0_hz = first(&s->frequency, 200),
                              .count = (size_t)model_number(&s->harmonics, 0)};
    for (size_t i = 0; i < 2; i++) {
        if (lists[i]->count == 0)
            continue;
        if (harmonics.count && harmonics.count != lists[i]->count)
            return doc_error(diag, lists[i]->node, BH_ERR_TEXT,
                             "there are %zu %s for %zu harmonics; give one for each",
                             lists[i]->count, i ? "phases" : "amplitudes",
                             harmonics.count);
        harmonics.count = lists[i]->count;
    }
    if (harmonics.count == 0)
        harmonics.count = BH_HARMONICS_ALL;
    BH_TRY(numbers(arena, &s->amplitude, &harmonics.amplitude_pa, diag));
    BH_TRY(numbers(arena, &s->phase, &harmonics.phase_rad, diag));
    return bh_harmonic_source(shape, &harmonics, out, diag);
}

static bh_status
make_clicks(const bh_sound_shape *shape, const struct model_sound *s, bh_source **out,
            bh_diag *diag)
{
    bh_sound_shape click = *shape;
    click.duration_s = model_number(&s->width, 1 / shape->samplerate_hz);
    const bool one = (int)s->stimulus.number == CLICK;
    const bh_clicks train = {.count = one ? 1 : (size_t)s->clicks.number,
                             .interval_s = one ? shape->duration_s : s->interval.number,
                             .peak_pa = s->peak.node ? bh_level_to_rms(s->peak.number)
                                                     : 1};
    return bh_clicks_source(&click, &train, out, diag);
}

static bh_status
make_vowel(const bh_sound_shape *shape, const struct model_sound *s, bh_arena *arena,
           bh_source **out, bh_diag *diag)
{
    double known_hz[3];
    const double *formants_hz = NULL;
    BH_TRY(numbers(arena, &s->formants, &formants_hz, diag));
    if (formants_hz)
        return bh_vowel_source(shape, s->pitch.number, formants_hz, s->formants.count,
                               out, diag);
    BH_TRY(bh_vowel_formants(s->vowel.text, known_hz, diag));
    return bh_vowel_source(shape, s->pitch.number, known_hz, 3, out, diag);
}

/* The kinds that are made in one go; `out` stays NULL for the others. */
static bh_status
make_whole(const bh_sound_shape *shape, const struct model_sound *s, bh_sound **out,
           bh_diag *diag)
{
    const int kind = (int)s->stimulus.number;
    const bh_ripple ripple = {.kind = kind == IRNO ? BH_RIPPLE_ORIGINAL
                                                   : BH_RIPPLE_SAME,
                              .delay_s = s->delay.number,
                              .gain = s->gain.number,
                              .iterations = (size_t)s->iterations.number};
    switch (kind) {
    case PINK:
        return bh_sound_pink(shape, s->seed.whole, out, diag);
    case BROWN:
        return bh_sound_brown(shape, s->seed.whole, out, diag);
    case POWERLAW:
        return bh_sound_powerlaw(shape, s->exponent.number, s->seed.whole, out, diag);
    case IRNS:
    case IRNO:
        return bh_sound_rippled(shape, &ripple, s->seed.whole, out, diag);
    default:
        return BH_OK;
    }
}

static bh_status
make_bare(const bh_sound_shape *shape, const struct model_sound *s, bh_arena *arena,
          bh_source **out, bh_diag *diag)
{
    const bh_sweep sweep = {.kind = (bh_sweep_kind)(int)s->glide.number,
                            .from_hz = first(&s->frequency, 100),
                            .to_hz = s->to.number,
                            .phase_rad = first(&s->phase, 0)};
    switch ((int)s->stimulus.number) {
    case TONE:
        return make_tone(shape, s, out, diag);
    case HARMONIC:
        return make_harmonic(shape, s, arena, out, diag);
    case WHITE:
        return bh_white_source(shape, s->seed.whole, out, diag);
    case CLICK:
    case CLICKS:
        return make_clicks(shape, s, out, diag);
    case VOWEL:
        return make_vowel(shape, s, arena, out, diag);
    case SWEEP:
        return bh_sweep_source(shape, &sweep, out, diag);
    default:
        return bh_silence_source(shape, out, diag);
    }
}

/* Modulation, level and ramps behind what is there, in this order. */
static bh_status
dress(const struct model_sound *s, struct model_sound_built *built, bh_diag *diag)
{
    bh_source *source = built->part[0];
    if (s->am_rate.node || s->am_depth.node) {
        BH_TRY(bh_modulate_source(source, model_number(&s->am_rate, 5),
                                  s->am_depth.number, 0, &source, diag));
        built->part[built->count++] = source;
    }
    if (s->level.node) {
        BH_TRY(model_blame_value(
            bh_level_source(source, &s->level.number, 1, &source, diag), diag,
            s->level.node));
        built->part[built->count++] = source;
    }
    if (s->ramp.number == 0)
        return BH_OK;
    bh_ramp ramp = bh_ramp_default();
    ramp.duration_s = s->ramp.number;
    ramp.form = (bh_ramp_form)(int)s->ramp_form.number;
    BH_TRY(model_blame_value(bh_ramp_source(source, &ramp, &source, diag), diag,
                             s->ramp.node));
    built->part[built->count++] = source;
    return BH_OK;
}

bh_status
model_make_stimulus(const struct model_sound *sound, struct model_sound_built *built,
                    bh_diag *diag)
{
    const bh_sound_shape shape = shape_of(sound);
    bh_arena *arena;
    bh_source *source = NULL;
    if (bh_arena_new(&arena) != BH_OK)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a stimulus");
    bh_status status = make_whole(&shape, sound, &built->whole, diag);
    if (status == BH_OK)
        status = built->whole ? bh_sound_source(built->whole, &source, diag)
                              : make_bare(&shape, sound, arena, &source, diag);
    bh_arena_free(arena);
    BH_TRY(status);
    built->part[built->count++] = source;
    return dress(sound, built, diag);
}
