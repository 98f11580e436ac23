/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/stimulus.h"

#include "sounds/level.h"
#include "sounds/noise.h"
#include "sounds/stream.h"
#include "sounds/stream_edit.h"

#include <math.h>
#include <stdlib.h>

/* What passes the windows of another source on. */
struct passing {
    bh_source *input;
    bh_status (*check)(void *user, bh_diag *diag); /* or NULL */
    void *user;
};

struct stimulus {
    struct passing out;  /* the sound as a whole; the first member, as its source's self
                            is this struct */
    struct passing made; /* what is made, before its level is found */
    bh_source *part[6];  /* each reads the one before it */
    size_t count;
    bh_sound *whole; /* of the kinds that are made in one go, or NULL */
};

const char *const bh_stimulus_names[] = {
    "tone", "harmonic", "white",  "pink",    "brown", "powerlaw", "irns",
    "irno", "click",    "clicks", "silence", "vowel", "sweep",    NULL};

bh_stimulus_params
bh_stimulus_params_default(void)
{
    const bh_sound_shape shape = bh_sound_shape_default();
    return (bh_stimulus_params){.duration_s = NAN,
                                .samplerate_hz = shape.samplerate_hz,
                                .channels = BH_STIMULUS_CHANNELS_AUTO,
                                .harmonics = BH_HARMONICS_ALL,
                                .to_hz = 10000,
                                .glide = BH_SWEEP_LOGARITHMIC,
                                .exponent = 1,
                                .delay_s = 0.004,
                                .gain = 1,
                                .iterations = 4,
                                .width_s = NAN,
                                .peak_db_spl = NAN,
                                .clicks = 10,
                                .interval_s = 0.01,
                                .pitch_hz = 100,
                                .vowel = "a",
                                .fm_rate_hz = NAN,
                                .fm_deviation_hz = NAN,
                                .am_rate_hz = NAN,
                                .am_depth = NAN,
                                .ramp_form = BH_RAMP_COSINE_SQUARED};
}

static double
either(double value, double otherwise)
{
    return isnan(value) ? otherwise : value;
}

static double
first(bh_stimulus_values values, double otherwise)
{
    return values.count ? values.value[0] : otherwise;
}

/* One value for all channels, or one for each of them. */
static bh_status
spread(bh_stimulus_values values, const char *what, double otherwise, size_t channels,
       double *out, bh_diag *diag)
{
    if (values.count > 1 && values.count != channels)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "there are %zu %s for %zu channels; give one, or one for "
                           "each channel",
                           values.count, what, channels);
    for (size_t ch = 0; ch < channels; ch++)
        out[ch] = values.count > 1 ? values.value[ch] : first(values, otherwise);
    return BH_OK;
}

static bh_sound_shape
shape_of(bh_stimulus_kind kind, const bh_stimulus_params *p)
{
    bh_sound_shape shape = {either(p->duration_s, 1), p->channels, p->samplerate_hz};
    if (shape.channels != BH_STIMULUS_CHANNELS_AUTO)
        return shape;
    shape.channels = p->level_db_spl.count > 1 ? p->level_db_spl.count : 1;
    if (kind == BH_STIMULUS_TONE && p->frequency_hz.count > shape.channels)
        shape.channels = p->frequency_hz.count;
    if (kind == BH_STIMULUS_TONE && p->phase_rad.count > shape.channels)
        shape.channels = p->phase_rad.count;
    return shape;
}

static bh_status
make_warble(const bh_sound_shape *shape, const bh_stimulus_params *p, bh_source **out,
            bh_diag *diag)
{
    const double carrier_hz = first(p->frequency_hz, 1000);
    const bh_warble warble = {
        .carrier_hz = carrier_hz,
        .deviation_hz = either(p->fm_deviation_hz, carrier_hz / 10),
        .rate_hz = either(p->fm_rate_hz, 5),
        .phase_rad = first(p->phase_rad, 0)};
    if (p->frequency_hz.count > 1 || p->phase_rad.count > 1)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a tone with frequency modulation has one frequency and one "
                           "phase");
    return bh_warble_source(shape, &warble, out, diag);
}

static bh_status
make_tone(const bh_sound_shape *shape, const bh_stimulus_params *p, bh_source **out,
          bh_diag *diag)
{
    enum { CHANNELS_MAX = 1024 };
    double frequency_hz[CHANNELS_MAX], phase_rad[CHANNELS_MAX];
    if (!isnan(p->fm_rate_hz) || !isnan(p->fm_deviation_hz))
        return make_warble(shape, p, out, diag);
    if (shape->channels > CHANNELS_MAX)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a tone has 1 to %d channels, not %zu", CHANNELS_MAX,
                           shape->channels);
    BH_TRY(spread(p->frequency_hz, "frequencies", 1000, shape->channels, frequency_hz,
                  diag));
    BH_TRY(spread(p->phase_rad, "phases", 0, shape->channels, phase_rad, diag));
    return bh_tones_source(shape, frequency_hz, phase_rad, out, diag);
}

static bh_status
make_harmonic(const bh_sound_shape *shape, const bh_stimulus_params *p, bh_source **out,
              bh_diag *diag)
{
    bh_harmonics harmonics = {.f0_hz = first(p->frequency_hz, 200),
                              .count = p->harmonics};
    const bh_stimulus_values lists[] = {p->amplitude_pa, p->phase_rad};
    if (p->frequency_hz.count > 1)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a harmonic complex has one frequency");
    for (size_t i = 0; i < 2; i++) {
        if (!lists[i].count)
            continue;
        if (harmonics.count != BH_HARMONICS_ALL && harmonics.count != lists[i].count)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "there are %zu %s for %zu harmonics; give one for each",
                               lists[i].count, i ? "phases" : "amplitudes",
                               harmonics.count);
        harmonics.count = lists[i].count;
    }
    if (p->amplitude_pa.count)
        harmonics.amplitude_pa = p->amplitude_pa.value;
    if (p->phase_rad.count)
        harmonics.phase_rad = p->phase_rad.value;
    return bh_harmonic_source(shape, &harmonics, out, diag);
}

static bh_status
make_sweep(const bh_sound_shape *shape, const bh_stimulus_params *p, bh_source **out,
           bh_diag *diag)
{
    const bh_sweep sweep = {.kind = p->glide,
                            .from_hz = first(p->frequency_hz, 100),
                            .to_hz = p->to_hz,
                            .phase_rad = first(p->phase_rad, 0)};
    if (p->frequency_hz.count > 1 || p->phase_rad.count > 1)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a sweep begins at one frequency and one phase");
    return bh_sweep_source(shape, &sweep, out, diag);
}

/* A single click with a duration is a train of one. */
static bh_status
make_clicks(bh_stimulus_kind kind, const bh_sound_shape *shape,
            const bh_stimulus_params *p, bh_source **out, bh_diag *diag)
{
    bh_sound_shape click = *shape;
    click.duration_s = either(p->width_s, 1 / shape->samplerate_hz);
    const double peak_pa = isnan(p->peak_db_spl) ? 1 : bh_level_to_rms(p->peak_db_spl);
    bh_clicks train = {p->clicks, p->interval_s, peak_pa};
    if (!isnan(p->peak_db_spl) && p->level_db_spl.count)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a click has either a peak or a level");
    if (kind == BH_STIMULUS_CLICK && isnan(p->duration_s))
        return bh_click_source(&click, peak_pa, out, diag);
    if (kind == BH_STIMULUS_CLICK && click.duration_s > shape->duration_s)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a click of %g s does not fit into %g s", click.duration_s,
                           shape->duration_s);
    if (kind == BH_STIMULUS_CLICK)
        train = (bh_clicks){1, shape->duration_s, peak_pa};
    return bh_clicks_source(&click, &train, out, diag);
}

static bh_status
make_vowel(const bh_sound_shape *shape, const bh_stimulus_params *p, bh_source **out,
           bh_diag *diag)
{
    double known_hz[3];
    if (p->formants_hz.count)
        return bh_vowel_source(shape, p->pitch_hz, p->formants_hz.value,
                               p->formants_hz.count, out, diag);
    BH_TRY(bh_vowel_formants(p->vowel, known_hz, diag));
    return bh_vowel_source(shape, p->pitch_hz, known_hz, 3, out, diag);
}

/* The kinds whose spectrum is made as a whole; `out` stays NULL for the others. */
static bh_status
make_whole(bh_stimulus_kind kind, const bh_sound_shape *shape,
           const bh_stimulus_params *p, bh_sound **out, bh_diag *diag)
{
    const bh_ripple ripple = {.kind = kind == BH_STIMULUS_IRNO ? BH_RIPPLE_ORIGINAL
                                                               : BH_RIPPLE_SAME,
                              .delay_s = p->delay_s,
                              .gain = p->gain,
                              .iterations = p->iterations};
    switch (kind) {
    case BH_STIMULUS_PINK:
        return bh_sound_pink(shape, p->seed, out, diag);
    case BH_STIMULUS_BROWN:
        return bh_sound_brown(shape, p->seed, out, diag);
    case BH_STIMULUS_POWERLAW:
        return bh_sound_powerlaw(shape, p->exponent, p->seed, out, diag);
    case BH_STIMULUS_IRNS:
    case BH_STIMULUS_IRNO:
        return bh_sound_rippled(shape, &ripple, p->seed, out, diag);
    default:
        return BH_OK;
    }
}

static bh_status
make_bare(bh_stimulus_kind kind, const bh_sound_shape *shape,
          const bh_stimulus_params *p, bh_source **out, bh_diag *diag)
{
    switch (kind) {
    case BH_STIMULUS_TONE:
        return make_tone(shape, p, out, diag);
    case BH_STIMULUS_HARMONIC:
        return make_harmonic(shape, p, out, diag);
    case BH_STIMULUS_WHITE:
        return bh_white_source(shape, p->seed, out, diag);
    case BH_STIMULUS_CLICK:
    case BH_STIMULUS_CLICKS:
        return make_clicks(kind, shape, p, out, diag);
    case BH_STIMULUS_VOWEL:
        return make_vowel(shape, p, out, diag);
    case BH_STIMULUS_SWEEP:
        return make_sweep(shape, p, out, diag);
    default:
        return bh_silence_source(shape, out, diag);
    }
}

static bh_status
pass_begin(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    const struct passing *passing = self;
    if (passing->check)
        BH_TRY(passing->check(passing->user, diag));
    return bh_source_begin(passing->input, frames, got, diag);
}

static void
pass_tile(void *self, size_t tile, bh_block out)
{
    const struct passing *passing = self;
    bh_source_tile(passing->input, tile, out);
}

static bh_status
pass_rewind(void *self, bh_diag *diag)
{
    const struct passing *passing = self;
    return bh_source_rewind(passing->input, diag);
}

static bh_status
pass(struct passing *passing, void (*free_self)(void *self), bh_source **out,
     bh_diag *diag)
{
    const bh_source_config config = {
        .samplerate_hz = bh_source_samplerate(passing->input),
        .channels = bh_source_channels(passing->input),
        .length = bh_source_length(passing->input),
        .tiles = bh_source_tiles(passing->input),
        .self = passing,
        .begin = pass_begin,
        .tile = pass_tile,
        .rewind = pass_rewind,
        .free = free_self};
    return bh_source_new(&config, out, diag);
}

/* Puts the source that was just made behind the others. */
static bh_status
put(struct stimulus *stimulus, bh_status made, bh_source *source)
{
    if (made == BH_OK)
        stimulus->part[stimulus->count++] = stimulus->out.input = source;
    return made;
}

static bh_status
start(struct stimulus *stimulus, bh_stimulus_kind kind, const bh_stimulus_params *p,
      bh_diag *diag)
{
    const bh_sound_shape shape = shape_of(kind, p);
    bh_source *source = NULL;
    BH_TRY(make_whole(kind, &shape, p, &stimulus->whole, diag));
    bh_status made = stimulus->whole ? bh_sound_source(stimulus->whole, &source, diag)
                                     : make_bare(kind, &shape, p, &source, diag);
    BH_TRY(put(stimulus, made, source));
    stimulus->made = (struct passing){source, p->check, p->user};
    made = pass(&stimulus->made, NULL, &source, diag);
    return put(stimulus, made, source);
}

/* Modulation, level and ramps, in this order. */
static bh_status
dress(struct stimulus *stimulus, const bh_stimulus_params *p, bh_diag *diag)
{
    bh_source *source = NULL;
    bh_status made = BH_OK;
    if (!isnan(p->am_rate_hz) || !isnan(p->am_depth)) {
        made = bh_modulate_source(stimulus->out.input, either(p->am_rate_hz, 5),
                                  either(p->am_depth, 1), 0, &source, diag);
        BH_TRY(put(stimulus, made, source));
    }
    if (p->level_db_spl.count) {
        made = bh_level_source(stimulus->out.input, p->level_db_spl.value,
                               p->level_db_spl.count, &source, diag);
        BH_TRY(put(stimulus, made, source));
    }
    if (p->ramp_s == 0)
        return BH_OK;
    const bh_ramp ramp = {
        .end = BH_RAMP_BOTH, .form = p->ramp_form, .duration_s = p->ramp_s};
    made = bh_ramp_source(stimulus->out.input, &ramp, &source, diag);
    return put(stimulus, made, source);
}

static void
free_stimulus(void *self)
{
    struct stimulus *stimulus = self;
    while (stimulus->count > 0)
        bh_source_free(stimulus->part[--stimulus->count]);
    bh_sound_free(stimulus->whole);
    free(stimulus);
}

bh_status
bh_stimulus_source(bh_stimulus_kind kind, const bh_stimulus_params *params,
                   bh_source **out, bh_diag *diag)
{
    if (kind < 0 || kind >= BH_STIMULUS_KINDS)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "there is no kind of stimulus %d",
                           (int)kind);
    struct stimulus *stimulus = calloc(1, sizeof *stimulus);
    if (!stimulus)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a stimulus");
    bh_status status = start(stimulus, kind, params, diag);
    if (status == BH_OK)
        status = dress(stimulus, params, diag);
    if (status == BH_OK)
        status = pass(&stimulus->out, free_stimulus, out, diag);
    if (status != BH_OK)
        free_stimulus(stimulus);
    return status;
}
