/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/stimulus.h"

#include "cli/tap.h"

#include <math.h>

static double
value(const struct values *values, double otherwise)
{
    return values->count ? values->value[0] : otherwise;
}

/* One value for all channels, or one for each of them. */
static bh_status
spread(const struct values *values, const char *what, double otherwise, size_t channels,
       double *out, bh_diag *diag)
{
    if (values->count > 1 && values->count != channels)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "there are %zu %s for %zu channels; give one, or one for "
                           "each channel",
                           values->count, what, channels);
    for (size_t ch = 0; ch < channels; ch++)
        out[ch] = values->count > 1 ? values->value[ch] : value(values, otherwise);
    return BH_OK;
}

static bh_sound_shape
shape_of(enum stimulus_kind kind, const struct stimulus_settings *s)
{
    bh_sound_shape shape = bh_sound_shape_default();
    size_t most = 1;
    if (kind == STIMULUS_TONE)
        most = s->frequency_hz.count > s->phase_rad.count ? s->frequency_hz.count
                                                          : s->phase_rad.count;
    if (s->level_db.count > most)
        most = s->level_db.count;
    shape.channels = (size_t)value(&s->channels, most > 1 ? (double)most : 1);
    shape.samplerate_hz = value(&s->samplerate_hz, shape.samplerate_hz);
    shape.duration_s = value(&s->duration_s, shape.duration_s);
    return shape;
}

static bh_status
make_tone(const bh_sound_shape *shape, const struct stimulus_settings *s,
          bh_source **out, bh_diag *diag)
{
    enum { CHANNELS_MAX = 1024 };
    double frequency_hz[CHANNELS_MAX], phase_rad[CHANNELS_MAX];
    BH_TRY(spread(&s->frequency_hz, "frequencies", 1000, shape->channels, frequency_hz,
                  diag));
    BH_TRY(spread(&s->phase_rad, "phases", 0, shape->channels, phase_rad, diag));
    if (!s->fm_rate_hz.count && !s->fm_deviation_hz.count)
        return bh_tones_source(shape, frequency_hz, phase_rad, out, diag);
    if (s->frequency_hz.count > 1 || s->phase_rad.count > 1)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "a tone with frequency modulation has one frequency and one "
                           "phase");
    const bh_warble warble = {
        .carrier_hz = frequency_hz[0],
        .deviation_hz = value(&s->fm_deviation_hz, frequency_hz[0] / 10),
        .rate_hz = value(&s->fm_rate_hz, 5),
        .phase_rad = phase_rad[0]};
    return bh_warble_source(shape, &warble, out, diag);
}

static bh_status
make_harmonic(const bh_sound_shape *shape, const struct stimulus_settings *s,
              bh_source **out, bh_diag *diag)
{
    bh_harmonics harmonics = {.f0_hz = value(&s->frequency_hz, 200),
                              .count = (size_t)value(&s->harmonics, 0)};
    const struct values *lists[] = {&s->amplitude_pa, &s->phase_rad};
    if (s->frequency_hz.count > 1)
        return bh_diag_set(diag, BH_ERR_TEXT, "a harmonic complex has one --frequency");
    for (size_t i = 0; i < 2; i++) {
        if (!lists[i]->count)
            continue;
        if (harmonics.count && harmonics.count != lists[i]->count)
            return bh_diag_set(diag, BH_ERR_TEXT,
                               "there are %zu %s for %zu harmonics; give one for each",
                               lists[i]->count, i ? "phases" : "amplitudes",
                               harmonics.count);
        harmonics.count = lists[i]->count;
    }
    if (harmonics.count == 0)
        harmonics.count = BH_HARMONICS_ALL;
    if (s->amplitude_pa.count)
        harmonics.amplitude_pa = s->amplitude_pa.value;
    if (s->phase_rad.count)
        harmonics.phase_rad = s->phase_rad.value;
    return bh_harmonic_source(shape, &harmonics, out, diag);
}

static bh_status
make_sweep(const bh_sound_shape *shape, const struct stimulus_settings *s,
           bh_source **out, bh_diag *diag)
{
    if (s->frequency_hz.count > 1 || s->phase_rad.count > 1)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "a sweep begins at one --frequency and one --phase");
    const bh_sweep sweep = {
        .kind = (bh_sweep_kind)(int)value(&s->glide, BH_SWEEP_LOGARITHMIC),
        .from_hz = value(&s->frequency_hz, 100),
        .to_hz = value(&s->to_hz, 10000),
        .phase_rad = value(&s->phase_rad, 0)};
    return bh_sweep_source(shape, &sweep, out, diag);
}

static bh_status
make_rippled(const bh_sound_shape *shape, const struct stimulus_settings *s,
             bh_ripple_kind kind, bh_sound **out, bh_diag *diag)
{
    const bh_ripple ripple = {.kind = kind,
                              .delay_s = value(&s->delay_s, 0.004),
                              .gain = value(&s->gain, 1),
                              .iterations = (size_t)value(&s->iterations, 4)};
    return bh_sound_rippled(shape, &ripple, (uint64_t)s->seed, out, diag);
}

static bh_status
make_clicks(enum stimulus_kind kind, const bh_sound_shape *shape,
            const struct stimulus_settings *s, bh_source **out, bh_diag *diag)
{
    bh_sound_shape click = *shape;
    click.duration_s = value(&s->width_s, 1 / shape->samplerate_hz);
    const bh_clicks train = {
        .count = (size_t)value(&s->clicks, 10),
        .interval_s = value(&s->interval_s, 0.01),
        .peak_pa = s->peak_db.count ? bh_level_to_rms(s->peak_db.value[0]) : 1};
    if (s->peak_db.count && s->level_db.count)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "a click has either a --peak or a --level");
    if (kind == STIMULUS_CLICKS)
        return bh_clicks_source(&click, &train, out, diag);
    if (!s->duration_s.count)
        return bh_click_source(&click, train.peak_pa, out, diag);
    if (click.duration_s > shape->duration_s)
        return bh_diag_set(diag, BH_ERR_TEXT, "a click of %g s does not fit into %g s",
                           click.duration_s, shape->duration_s);
    const bh_clicks one = {1, shape->duration_s, train.peak_pa};
    return bh_clicks_source(&click, &one, out, diag);
}

static bh_status
make_vowel(const bh_sound_shape *shape, const struct stimulus_settings *s,
           bh_source **out, bh_diag *diag)
{
    double known_hz[3];
    const double pitch_hz = value(&s->pitch_hz, 100);
    if (s->vowel && s->formants_hz.count)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "a vowel has either a --vowel or --formants");
    if (s->formants_hz.count)
        return bh_vowel_source(shape, pitch_hz, s->formants_hz.value,
                               s->formants_hz.count, out, diag);
    BH_TRY(bh_vowel_formants(s->vowel ? s->vowel : "a", known_hz, diag));
    return bh_vowel_source(shape, pitch_hz, known_hz, 3, out, diag);
}

/* The kinds whose spectrum is made as a whole; `out` stays NULL for the others. */
static bh_status
make_whole(enum stimulus_kind kind, const bh_sound_shape *shape,
           const struct stimulus_settings *s, bh_sound **out, bh_diag *diag)
{
    const uint64_t seed = (uint64_t)s->seed;
    switch (kind) {
    case STIMULUS_PINK:
        return bh_sound_pink(shape, seed, out, diag);
    case STIMULUS_BROWN:
        return bh_sound_brown(shape, seed, out, diag);
    case STIMULUS_POWERLAW:
        return bh_sound_powerlaw(shape, value(&s->exponent, 1), seed, out, diag);
    case STIMULUS_IRNS:
        return make_rippled(shape, s, BH_RIPPLE_SAME, out, diag);
    case STIMULUS_IRNO:
        return make_rippled(shape, s, BH_RIPPLE_ORIGINAL, out, diag);
    default:
        return BH_OK;
    }
}

static bh_status
make_bare(enum stimulus_kind kind, const bh_sound_shape *shape,
          const struct stimulus_settings *s, bh_source **out, bh_diag *diag)
{
    switch (kind) {
    case STIMULUS_TONE:
        return make_tone(shape, s, out, diag);
    case STIMULUS_HARMONIC:
        return make_harmonic(shape, s, out, diag);
    case STIMULUS_WHITE:
        return bh_white_source(shape, (uint64_t)s->seed, out, diag);
    case STIMULUS_CLICK:
    case STIMULUS_CLICKS:
        return make_clicks(kind, shape, s, out, diag);
    case STIMULUS_VOWEL:
        return make_vowel(shape, s, out, diag);
    case STIMULUS_SWEEP:
        return make_sweep(shape, s, out, diag);
    default:
        return bh_silence_source(shape, out, diag);
    }
}

/* Puts the source that was just made behind the others. */
static bh_status
put(struct stimulus *stimulus, bh_status made, bh_source *source)
{
    if (made == BH_OK)
        stimulus->out = stimulus->part[stimulus->count++] = source;
    return made;
}

static bh_status
stop(void *user, size_t frames, bh_diag *diag)
{
    (void)user, (void)frames;
    return signals_check(diag);
}

static void
again(void *user)
{
    (void)user;
}

static bh_status
start(struct stimulus *stimulus, enum stimulus_kind kind,
      const struct stimulus_settings *s, bh_diag *diag)
{
    const bh_sound_shape shape = shape_of(kind, s);
    bh_source *source = NULL;
    bh_status made = make_whole(kind, &shape, s, &stimulus->whole, diag);
    if (made == BH_OK)
        made = stimulus->whole ? bh_sound_source(stimulus->whole, &source, diag)
                               : make_bare(kind, &shape, s, &source, diag);
    BH_TRY(put(stimulus, made, source));
    /* Finding the level of a long sound takes a while too. */
    made = tap_new(
        &(struct tap_config){.input = stimulus->out, .begin = stop, .rewind = again},
        &source, diag);
    return put(stimulus, made, source);
}

/* Modulation, level and ramps, in this order. */
static bh_status
dress(struct stimulus *stimulus, const struct stimulus_settings *s, bh_diag *diag)
{
    bh_source *source = NULL;
    bh_status made = BH_OK;
    if (s->am_rate_hz.count || s->am_depth.count) {
        made = bh_modulate_source(stimulus->out, value(&s->am_rate_hz, 5),
                                  value(&s->am_depth, 1), 0, &source, diag);
        BH_TRY(put(stimulus, made, source));
    }
    if (s->level_db.count) {
        made = bh_level_source(stimulus->out, s->level_db.value, s->level_db.count,
                               &source, diag);
        BH_TRY(put(stimulus, made, source));
    }
    bh_ramp ramp = bh_ramp_default();
    ramp.duration_s = value(&s->ramp_s, s->ramp_form.count ? ramp.duration_s : 0);
    ramp.form = (bh_ramp_form)(int)value(&s->ramp_form, BH_RAMP_COSINE_SQUARED);
    made = bh_ramp_source(stimulus->out, &ramp, &source, diag);
    return put(stimulus, made, source);
}

bh_status
stimulus_open(enum stimulus_kind kind, const struct stimulus_settings *settings,
              struct stimulus *out, bh_diag *diag)
{
    struct stimulus stimulus = {0};
    BH_TRY(stimulus_check(kind, settings, diag));
    bh_status status = start(&stimulus, kind, settings, diag);
    if (status == BH_OK)
        status = dress(&stimulus, settings, diag);
    if (status == BH_OK)
        *out = stimulus;
    else
        stimulus_close(&stimulus);
    return status;
}

void
stimulus_close(struct stimulus *stimulus)
{
    while (stimulus->count > 0)
        bh_source_free(stimulus->part[--stimulus->count]);
    bh_sound_free(stimulus->whole);
    *stimulus = (struct stimulus){0};
}
