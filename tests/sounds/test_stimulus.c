/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stimuli are the sounds that the functions for each of them make, bit for bit. */

#include "sounds/stimulus.h"

#include "sounds/edit.h"
#include "sounds/level.h"
#include "sounds/noise.h"
#include "tests/sounds/sources.h"

static bh_diag diag;

static bh_stimulus_params
params(void)
{
    bh_stimulus_params p = bh_stimulus_params_default();
    p.duration_s = 0.2;
    p.samplerate_hz = 16000;
    p.seed = 5;
    p.to_hz = 4000;
    return p;
}

static bh_source *
source_of(bh_stimulus_kind kind, const bh_stimulus_params *p)
{
    bh_source *source = NULL;
    CHECK_OK(bh_stimulus_source(kind, p, &source, &diag), diag);
    return source;
}

/* The sound that each kind is with the values above. */
static bh_sound *
sound_of(bh_stimulus_kind kind)
{
    const bh_sound_shape shape = {0.2, 1, 16000};
    const bh_sound_shape click = {1. / 16000, 1, 16000};
    const bh_harmonics all = {.f0_hz = 200, .count = BH_HARMONICS_ALL};
    const bh_clicks one = {1, 0.2, 1}, train = {10, 0.01, 1};
    const bh_sweep sweep = {BH_SWEEP_LOGARITHMIC, 100, 4000, 0};
    const bh_ripple same = {BH_RIPPLE_SAME, 0.004, 1, 4};
    const bh_ripple original = {BH_RIPPLE_ORIGINAL, 0.004, 1, 4};
    double a_hz[3];
    bh_sound *sound = NULL;
    CHECK_OK(bh_vowel_formants("a", a_hz, &diag), diag);
    switch (kind) {
    case BH_STIMULUS_TONE:
        CHECK_OK(bh_sound_tone(&shape, 1000, 0, &sound, &diag), diag);
        break;
    case BH_STIMULUS_HARMONIC:
        CHECK_OK(bh_sound_harmonic(&shape, &all, &sound, &diag), diag);
        break;
    case BH_STIMULUS_WHITE:
        CHECK_OK(bh_sound_white(&shape, 5, &sound, &diag), diag);
        break;
    case BH_STIMULUS_PINK:
        CHECK_OK(bh_sound_pink(&shape, 5, &sound, &diag), diag);
        break;
    case BH_STIMULUS_BROWN:
        CHECK_OK(bh_sound_brown(&shape, 5, &sound, &diag), diag);
        break;
    case BH_STIMULUS_POWERLAW:
        CHECK_OK(bh_sound_powerlaw(&shape, 1, 5, &sound, &diag), diag);
        break;
    case BH_STIMULUS_IRNS:
        CHECK_OK(bh_sound_rippled(&shape, &same, 5, &sound, &diag), diag);
        break;
    case BH_STIMULUS_IRNO:
        CHECK_OK(bh_sound_rippled(&shape, &original, 5, &sound, &diag), diag);
        break;
    case BH_STIMULUS_CLICK:
        CHECK_OK(bh_sound_clicks(&click, &one, &sound, &diag), diag);
        break;
    case BH_STIMULUS_CLICKS:
        CHECK_OK(bh_sound_clicks(&click, &train, &sound, &diag), diag);
        break;
    case BH_STIMULUS_VOWEL:
        CHECK_OK(bh_sound_vowel(&shape, 100, a_hz, 3, &sound, &diag), diag);
        break;
    case BH_STIMULUS_SWEEP:
        CHECK_OK(bh_sound_sweep(&shape, &sweep, &sound, &diag), diag);
        break;
    default:
        CHECK_OK(bh_sound_silence(&shape, &sound, &diag), diag);
    }
    return sound;
}

static void
test_kinds(void)
{
    const bh_stimulus_params p = params();
    for (int kind = 0; kind < BH_STIMULUS_KINDS; kind++) {
        CHECK(bh_stimulus_names[kind] != NULL);
        check_same(source_of((bh_stimulus_kind)kind, &p),
                   sound_of((bh_stimulus_kind)kind));
    }
    CHECK(bh_stimulus_names[BH_STIMULUS_KINDS] == NULL);
}

/* Modulation, level and ramp come in this order. */
static void
test_dressed(void)
{
    const double levels_db_spl[] = {60};
    bh_stimulus_params p = params();
    const bh_ramp ramp = {
        .end = BH_RAMP_BOTH, .form = BH_RAMP_LINEAR, .duration_s = 0.02};
    p.am_depth = 0.5;
    p.level_db_spl = (bh_stimulus_values){levels_db_spl, 1};
    p.ramp_s = 0.02;
    p.ramp_form = BH_RAMP_LINEAR;
    for (int kind = BH_STIMULUS_TONE; kind <= BH_STIMULUS_PINK; kind++) {
        bh_sound *sound = sound_of((bh_stimulus_kind)kind);
        CHECK_OK(bh_sound_modulate(sound, 5, 0.5, 0, &diag), diag);
        CHECK_OK(bh_level_set(sound, 60, &diag), diag);
        CHECK_OK(bh_sound_ramp(sound, &ramp, &diag), diag);
        check_same(source_of((bh_stimulus_kind)kind, &p), sound);
    }
}

/* Channels follow from the lists where nothing is said. */
static void
test_channels(void)
{
    const double frequency_hz[] = {500, 1000, 2000}, levels_db_spl[] = {50, 60};
    const bh_sound_shape three = {0.2, 3, 16000};
    bh_stimulus_params p = params();
    bh_sound *sound = NULL;
    p.frequency_hz = (bh_stimulus_values){frequency_hz, 3};
    CHECK_OK(bh_sound_tones(&three, frequency_hz, NULL, &sound, &diag), diag);
    check_same(source_of(BH_STIMULUS_TONE, &p), sound);
    p = params();
    p.level_db_spl = (bh_stimulus_values){levels_db_spl, 2};
    bh_source *source = source_of(BH_STIMULUS_WHITE, &p);
    CHECK(bh_source_channels(source) == 2);
    bh_source_free(source);
}

/* A click alone is as long as it is wide. */
static void
test_click(void)
{
    bh_stimulus_params p = params();
    p.duration_s = NAN;
    p.width_s = 0.01;
    p.peak_db_spl = 80;
    const bh_sound_shape click = {0.01, 1, 16000};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_click(&click, bh_level_to_rms(80), &sound, &diag), diag);
    check_same(source_of(BH_STIMULUS_CLICK, &p), sound);
}

static void
refused(bh_stimulus_kind kind, const bh_stimulus_params *p, const char *why)
{
    bh_source *source = NULL;
    CHECK(bh_stimulus_source(kind, p, &source, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, why);
    CHECK(source == NULL);
}

static void
test_refused(void)
{
    const double two[] = {500, 1000};
    bh_stimulus_params p = params();
    p.channels = 3;
    p.frequency_hz = (bh_stimulus_values){two, 2};
    refused(BH_STIMULUS_TONE, &p, "2 frequencies for 3 channels");
    refused(BH_STIMULUS_HARMONIC, &p, "one frequency");
    refused(BH_STIMULUS_SWEEP, &p, "one frequency");
    p = params();
    p.amplitude_pa = (bh_stimulus_values){two, 2};
    p.harmonics = 3;
    refused(BH_STIMULUS_HARMONIC, &p, "2 amplitudes for 3 harmonics");
    p = params();
    p.peak_db_spl = 60;
    p.level_db_spl = (bh_stimulus_values){two, 1};
    refused(BH_STIMULUS_CLICK, &p, "either a peak or a level");
    p = params();
    p.channels = 1025;
    refused(BH_STIMULUS_TONE, &p, "not 1025");
    refused((bh_stimulus_kind)BH_STIMULUS_KINDS, &p, "no kind of stimulus 13");
}

static bh_status
stop(void *user, bh_diag *why)
{
    int *calls = user;
    return ++*calls > 1 ? bh_diag_set(why, BH_ERR_STOPPED, "enough") : BH_OK;
}

/* A level is found over the whole sound, which somebody may end. */
static void
test_stopped(void)
{
    const double level_db_spl = 60;
    int calls = 0;
    bh_source *source = NULL;
    bh_stimulus_params p = params();
    p.level_db_spl = (bh_stimulus_values){&level_db_spl, 1};
    p.check = stop;
    p.user = &calls;
    CHECK(bh_stimulus_source(BH_STIMULUS_TONE, &p, &source, &diag) == BH_ERR_STOPPED);
    CHECK(calls == 2);
}

TEST_MAIN("sounds/stimulus", {"every kind is its sound", test_kinds},
          {"modulation, level and ramps", test_dressed},
          {"channels follow from lists", test_channels}, {"a click alone", test_click},
          {"what does not fit is refused", test_refused},
          {"the search for a level can be ended", test_stopped})
